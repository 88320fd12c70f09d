import AmbitPlugin
import Glibc

extension Archive {
    @ToolsBuilder var scopeTools: [Tool] {
        // example tasks
        Tool("watch", "Watches for a while.") { call in
            let lines = try call.scope.channel(of: String.self, capacity: 100, overflow: .dropOldest)
            try call.scope.timer(every: .seconds(1), "look") { _ in _ = lines.trySend("nothing new") }
            let reader = try call.scope.spawn("reader") {
                try await lines.receive()?.value
            }
            let sum = try call.scope.spawnBlocking("sum") { cancellation in
                var sum = 0
                for number in 0..<1000 where !cancellation.isCancelled { sum += number }
                return sum
            }
            return .text("\(try await reader.value ?? "-") \(try await sum.value)")
        }
        // end example
        // example child
        Tool("try", "Tries something.") { call in
            let count = try await call.scope.withChild("attempt") { scope in
                try scope.spawn("endless") { try await scope.sleep(for: .seconds(1_000_000)) }
                return 1
            }  // the task has ended here
            return .text("\(count)")
        }
        // end example
        // example process
        Tool("count", "Counts the bytes of a text.", .string("text", "Which.")) { call, text in
            let process = try call.scope.process(["wc", "-c"], input: true)  // the whole tree ends with the call
            try await process.write(text)
            process.closeInput()
            var output = ""
            for try await chunk in process.output { output += String(decoding: chunk.bytes, as: UTF8.self) }
            let end = try await process.wait()
            return .text("\(output.split(separator: "\n").first ?? "") \(end.exitCode ?? -1)")
        }
        // end example
        // example terminal
        Tool("screen", "Asks a program how large its terminal is.") { call in
            let process = try call.scope.process(["sh", "-c", "read go; stty size"], terminal: TerminalSize(rows: 40, columns: 120))
            try process.resize(TerminalSize(rows: 50, columns: 132))
            try await process.write("go\n")  // as somebody types it, and echoed
            var screen = ""
            for try await chunk in process.output { screen += String(decoding: chunk.bytes, as: UTF8.self) }
            return .text(screen)
        }
        // end example
        // example aside
        Tool("aside", "Hears what a program says aside.") { call in
            let process = try call.scope.process(["sh", "-c", "echo aloud; echo aside >&3"], extraOutput: true)
            var heard = ""
            for try await chunk in process.output where chunk.stream == .extra { heard += String(decoding: chunk.bytes, as: UTF8.self) }
            return .text(heard)
        }
        // end example
        // example promotion
        Tool("serve", "Starts a service for this session.", .session()) { call, session in
            try await session.scope.withChild("start") { scope in
                let service = try scope.process(["sh", "-c", "echo ready; exec sleep 3600"])
                for try await chunk in service.output where chunk.bytes.contains(UInt8(ascii: "\n")) { break }
                try service.promote(to: session.scope)  // had this not come to pass, it would end right here
            }
            return .text("ready")
        }
        // end example
        // example events
        Tool("announce", "Tells all who listen.") { call in
            let news = try call.scope.subscribe("news")
            try call.host.publish("news", "it works")
            return .text(try await news.next()?.text ?? "-")
        }
        // end example
        // example reply
        Tool("approve", "Waits for somebody's approval.") { call in
            let reply = try call.scope.reply(timeout: .seconds(300))
            try await call.log(.info, ["approve with": .string(reply.id)])
            // Elsewhere, when the answer comes in (here a second later):
            let host = call.host
            try call.scope.timer(after: .seconds(1)) { _ = try? host.resolve(id: reply.id, payload: "yes") }
            return .text(String(decoding: try await reply.value(), as: UTF8.self))
        }
        // end example
        // example owned
        Tool("scratch", "Works with files and memory.") { call in
            let folder = try call.scope.temporaryDirectory("work")
            let file = try call.scope.descriptor("notes") {
                open("\(folder.path)/notes", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
            }
            write(try file.number, "hello", 5)
            let arena = try call.scope.arena(limit: 1 << 20)
            let counts = try arena.allocate(Int32.self, count: 256)  // zeroed, freed with the call
            return .text("\(counts.count) \(arena.used >= 1024)")
        }
        // end example
        // example share
        Tool("search", "Searches the index.", .session()) { call, session in
            let index = try await session.scope.share("index") { scope in
                try scope.onClose("index") { _ in call.host.log.info("index closed") }  // with its last holder
                return ["a", "b"]
            }
            return .text("\(index.value.count) entries")
        }
        // end example
    }
}
