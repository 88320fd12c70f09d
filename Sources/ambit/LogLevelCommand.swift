import ArgumentParser
import Server

struct LogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level", abstract: "Print or change how much a running server logs.")

    @Argument(help: "trace, debug, info, notice, warning, error or critical; without it the level is printed.")
    var level: String?

    @OptionGroup var server: ServerOptions

    func run() throws { LogLevelProgram(choice: try server.choice(), level: level).run() }
}
