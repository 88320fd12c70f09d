import ArgumentParser
import Server

@main
struct AmbitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ambit",
        abstract: "Hosts tool plugins and serves them over MCP. Nothing that a plugin starts outlives the scope it started it in.",
        version: "ambit \(Version.current)",
        subcommands: [
            ServeCommand.self, StdioCommand.self, ToolsCommand.self, CallCommand.self, ScopesCommand.self, PluginCommand.self,
            ServersCommand.self, LogLevelCommand.self, ReloadCertificatesCommand.self,
            ConfigCommand.self, InspectWorkerCommand.self,
        ])

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch {
            guard let message = UsageHint.message(for: error, arguments) else { exit(withError: error) }
            Program.say(message)
            exit(withError: exitCode(for: error))
        }
    }
}
