import ArgumentParser
import Server

struct PluginRestartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Disable a plugin of a running server and enable it again: a new generation.")

    @Argument(help: "Name of the plugin; `ambit plugin list` has it.")
    var name: String

    @OptionGroup var server: ServerOptions

    func run() throws { PluginChangeProgram(choice: try server.choice(), change: .restart, name: name).run() }
}
