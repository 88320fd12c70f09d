import ArgumentParser
import Server

struct ScopesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scopes", abstract: "Print the scope tree of a running server: who owns what, right now.")

    @Option(name: .long, help: ArgumentHelp("The server [AMBIT_URL].", valueName: "http://127.0.0.1:7777"))
    var url: String?

    @Flag(name: .long, help: "As JSON, with all totals and gauges.")
    var json = false

    func run() throws {
        let port = try Setting.number(nil, "AMBIT_PORT", 7777, in: 1...65535, flagName: "--port")
        let url = Setting.text(url, "AMBIT_URL", "http://127.0.0.1:\(port)")
        guard let target = DebugClient.Target(url: url) else {
            throw ValidationError("--url is '\(url)'; expected http://host:port")
        }
        ScopesProgram(target: target, json: json).run()
    }
}
