import ArgumentParser
import Server

struct PluginEnableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Start a plugin of a running server that is disabled or has failed.")

    @Argument(help: "Name of the plugin; `ambit plugin list` has it.")
    var name: String

    @OptionGroup var server: ServerOptions

    func run() throws { PluginChangeProgram(choice: try server.choice(), change: .enable, name: name).run() }
}
