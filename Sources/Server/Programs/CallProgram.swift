import CLinux
import JSON

/// `ambit call`.
package struct CallProgram {
    private let place: ToolPlace
    private let tool: String
    private let pairs: [String]
    private let whole: String?
    private let timeout: Int64?
    private let json: Bool

    /// - Parameters:
    ///   - pairs: `name=value` and `name:=json`, see `CallArguments`.
    ///   - whole: all arguments as one JSON object.
    ///   - timeout: nanoseconds; nil: the tool's own limits.
    package init(place: ToolPlace, tool: String, pairs: [String], whole: String?, timeout: Int64?, json: Bool) {
        self.place = place
        self.tool = tool
        self.pairs = pairs
        self.whole = whole
        self.timeout = timeout
        self.json = json
    }

    /// Prints the result, exits: 0, 1 where the tool or the call failed, 130 where it was interrupted.
    package func run() -> Never {
        _ = ambit_linux_ignore_sigpipe()
        let found = place.find()
        let channel: any ToolChannel
        let interrupts: Interrupts
        switch found {
        case .channel(let remote):
            channel = remote
            interrupts = Interrupts()
        case .local(let local):
            channel = local.channel
            interrupts = local.interrupts
        }
        let status: Int32
        do {
            status = try call(channel, interrupts)
        } catch {
            Program.say("ambit: \(error)")
            status = 1
        }
        if case .local(let local) = found {
            sayWhatEnds(local.processes)
            local.end()
        }
        Program.exit(status)
    }

    /// What the call has left running ends with this process, which no other command would tell.
    private func sayWhatEnds(_ processes: Int) {
        guard processes > 0 else { return }
        let what = processes == 1 ? "a program that the call has started ends" : "\(processes) programs that the call has started end"
        Program.say("ambit: \(what) with it: no server runs here; `ambit serve` keeps programs for the next call")
    }

    private func call(_ channel: any ToolChannel, _ interrupts: Interrupts) throws -> Int32 {
        let listing = try channel.tools()
        guard let definition = listing["tools"]?.elements.first(where: { $0["name"]?.string == tool }) else {
            let near = NearestName.of(tool, among: listing["tools"]?.elements.compactMap { $0["name"]?.string } ?? [])
            Program.say("ambit: there is no tool '\(tool)'\(near.map { "; did you mean '\($0)'?" } ?? "; `ambit tools` lists them")")
            return 1
        }
        let arguments: [UInt8]
        do throws(CallArguments.Wrong) {
            arguments = try CallArguments.object(pairs, tool: tool, schema: definition["inputSchema"], whole: whole)
        } catch {
            Program.say("ambit: \(error.message)")
            return 1
        }
        let deadline = timeout.map { ambit_linux_now() + $0 }
        switch try channel.call(tool, arguments, by: deadline, interrupts, event: { Program.say(ToolText.event($0)) }) {
        case .result(let result): return show(result)
        case .failed(let why):
            Program.say("ambit: \(why)")
            return 1
        case .timedOut:
            Program.say("ambit: \(tool) did not finish in time; the call was cancelled")
            return 1
        case .interrupted:
            Program.say("ambit: cancelled")
            return 130
        }
    }

    private func show(_ result: JSONValue) -> Int32 {
        let failed = result["isError"]?.bool == true
        if json {
            Program.out((result["structuredContent"] ?? result).compact + [0x0A])
        } else if failed {
            Program.say(String(ToolText.result(result).dropLast()))
        } else {
            Program.out(Array(ToolText.result(result).utf8))
        }
        return failed ? 1 : 0
    }
}
