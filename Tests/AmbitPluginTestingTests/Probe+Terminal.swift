import AmbitPlugin

extension Probe {
    @ToolsBuilder var terminalTools: [Tool] {
        Tool("probe_terminal", "Runs a program in a terminal.") { call in
            // The signal cuts `wait` short, and finds the trap: that is set before anything is said.
            let program = #"""
                sleep 1000 </dev/null >/dev/null 2>&1 &
                trap 'stty size; read line; echo "<$line>" >&2; kill $!; exit' WINCH
                tty >/dev/null && stty size
                wait
                """#
            let shell = try call.scope.process(["bash", "-c", program], terminal: TerminalSize(rows: 30, columns: 100))
            var (screen, streams, step) = ("", Set<Process.Stream>(), 0)
            for try await chunk in shell.output {
                screen += String(decoding: chunk.bytes, as: UTF8.self)
                streams.insert(chunk.stream)
                if step == 0, screen.contains("30 100") {
                    step = 1
                    try shell.resize(TerminalSize(rows: 50, columns: 132))
                } else if step == 1, screen.contains("50 132") {
                    step = 2
                    try await shell.write("x\n")
                }
            }
            let lines = screen.split(whereSeparator: \.isNewline).filter { $0 != "x" }
            return .text("\(lines.joined(separator: ", ")) \(streams) \(try await shell.wait().exitCode ?? -1)")
        }
        Tool("probe_terminal_end", "Ends what reads from a terminal.") { call in
            let cat = try call.scope.process(["cat"], terminal: TerminalSize())
            try await cat.write("unfinished")
            cat.closeInput()
            return .text("\(try await cat.wait().exitCode ?? -1)")
        }
        Tool("probe_terminal_wrong", "Fails at terminals.", .choice("how", "Why.", ["none", "start", "resize", "forgotten"])) { call, how in
            do throws(AmbitError) {
                let size = TerminalSize(rows: how == "start" ? 0 : 24)
                let process = try call.scope.process(["cat"], input: true, terminal: how == "none" ? nil : size)
                if how == "forgotten" {
                    try process.stop()
                    _ = try? await process.wait()
                    process.forget()
                }
                try process.resize(TerminalSize(columns: how == "resize" ? 65536 : 80))
                return .error("resized")
            } catch {
                return .text("\(error.status): \(error.text)")
            }
        }
    }
}
