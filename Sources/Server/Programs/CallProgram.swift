import CLinux
import JSON

/// `ambit call`.
package struct CallProgram {
    private let place: ToolPlace
    private let tool: String
    private let pairs: [String]
    private let whole: String?
    private let timeout: Int64?
    private let keepsSession: Bool
    private let json: Bool

    /// - Parameters:
    ///   - pairs: `name=value` and `name:=json`, see `CallArguments`.
    ///   - whole: all arguments as one JSON object.
    ///   - timeout: nanoseconds; nil: the tool's own limits.
    ///   - keepsSession: whether a session that the tool begins outlives the call, with what was started in it.
    package init(
        place: ToolPlace, tool: String, pairs: [String], whole: String?, timeout: Int64?, keepsSession: Bool, json: Bool
    ) {
        self.place = place
        self.tool = tool
        self.pairs = pairs
        self.whole = whole
        self.timeout = timeout
        self.keepsSession = keepsSession
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
        var events = ToolEvents()
        // A session of this process ends with it, whatever was wanted.
        var keepsSession = keepsSession
        if case .local = found { keepsSession = false }
        let status: Int32
        do {
            status = try call(channel, interrupts, keepsSession, &events)
        } catch {
            Program.say("ambit: \(error)")
            status = 1
        }
        if case .local(let local) = found {
            // Those that belong to their plugin end with this process, too.
            sayWhatEnds(max(events.endedPrograms, local.processes), "no server runs here; `ambit serve` keeps programs for the next call")
            local.end()
        } else {
            sayWhatEnds(events.endedPrograms, "--keep-session keeps the session, with what runs in it, for the next call")
        }
        Program.exit(status)
    }

    /// What no other command would tell.
    private func sayWhatEnds(_ programs: Int, _ advice: String) {
        guard programs > 0 else { return }
        let what = programs == 1 ? "a program that the call has started ends" : "\(programs) programs that the call has started end"
        Program.say("ambit: \(what) with it: \(advice)")
    }

    private func call(
        _ channel: any ToolChannel, _ interrupts: Interrupts, _ keepsSession: Bool, _ events: inout ToolEvents
    ) throws -> Int32 {
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
        let request = ToolRequest(
            tool: tool, arguments: arguments, deadline: timeout.map { ambit_linux_now() + $0 }, keepsSession: keepsSession)
        let outcome = try channel.call(request, interrupts) { notification in
            if let line = events.line(notification) { Program.say(line) }
        }
        switch outcome {
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
