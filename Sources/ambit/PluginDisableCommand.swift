import ArgumentParser
import Server

struct PluginDisableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "End a plugin of a running server: its tools go, and everything that it started.")

    @Argument(help: "Name of the plugin; `ambit plugin list` has it.")
    var name: String

    @OptionGroup var server: ServerOptions

    func run() throws { PluginChangeProgram(choice: try server.choice(), change: .disable, name: name).run() }
}
