import ArgumentParser
import Server

struct CallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Call a tool and print what it says.",
        discussion: """
            On the running server; in this process, which loads the plugins for it, where no server is running, --local is given, or \
            plugins are named. Values are read as the tool's schema says: name=value, repeated for each element of an array, name:=json \
            for any JSON. Progress and log go to stderr. A session that the tool begins ends with the call, and the programs in it, unless \
            --keep-session is given: then the answer has its handle for later calls. Status 0: done; 1: the tool or the call failed; 130: interrupted, and cancelled.
            """)

    @Argument(help: "Name of the tool; `ambit tools` lists them.")
    var tool: String

    @Argument(help: ArgumentHelp("Its arguments.", valueName: "name=value"))
    var pairs: [String] = []

    @Option(name: .long, help: ArgumentHelp("All arguments as one JSON object; name=value adds to it.", valueName: "json"))
    var arguments: String?

    @Option(name: .long, help: ArgumentHelp("Cancel the call after so long.", valueName: "30s"))
    var timeout: String?

    @Flag(name: .long, help: "Keep the session that the tool begins, with what it has started, for later calls.")
    var keepSession = false

    @Flag(name: .long, help: "Print the structured content as JSON, or the whole result where there is none.")
    var json = false

    @OptionGroup var options: ToolOptions

    func validate() throws { _ = try limit() }

    private func limit() throws -> Int64? {
        try timeout.map { text in
            guard let nanoseconds = DurationText.parse(text), nanoseconds > 0 else {
                throw ValidationError("--timeout is '\(text)'; expected \(DurationText.expected)")
            }
            return nanoseconds
        }
    }

    func run() throws {
        let limit = try limit()
        CallProgram(
            place: try options.place(), tool: tool, pairs: pairs, whole: arguments, timeout: limit, keepsSession: keepSession, json: json
        ).run()
    }
}
