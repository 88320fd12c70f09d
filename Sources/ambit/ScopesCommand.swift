import ArgumentParser
import Server

struct ScopesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scopes", abstract: "Print the scope tree of a running server: who owns what, right now.")

    @Flag(name: .long, help: "As JSON, with all totals and gauges.")
    var json = false

    @Flag(name: .shortAndLong, help: "Again and again, until Ctrl-C.")
    var watch = false

    @Option(name: .long, help: ArgumentHelp("Time between two pictures of --watch.", valueName: "1s"))
    var interval = "1s"

    @Option(name: .long, help: ArgumentHelp("Only so many levels of scopes.", valueName: "levels"))
    var depth: Int?

    @Option(name: .long, help: ArgumentHelp("Only scopes whose path contains this, and what is below them.", valueName: "text"))
    var path: String?

    @OptionGroup var server: ServerOptions

    func validate() throws { _ = try time() }

    private func time() throws -> Int64 {
        guard let time = DurationText.parse(interval), time >= 100_000_000, time <= 3_600_000_000_000 else {
            throw ValidationError("--interval is '\(interval)'; expected 100ms to 1h")
        }
        if let depth, depth < 0 { throw ValidationError("--depth is \(depth); expected 0 or more") }
        return time
    }

    func run() throws {
        let time = try time()
        ScopesProgram(
            choice: try server.choice(), query: ScopeQuery(isText: !json, depth: depth, path: path), watch: watch ? time : nil
        ).run()
    }
}
