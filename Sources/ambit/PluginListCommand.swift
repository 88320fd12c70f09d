import ArgumentParser
import Server

struct PluginListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print the plugins of a running server: state, tools, what they hold and left behind.")

    @Flag(name: .long, help: "As JSON.")
    var json = false

    @OptionGroup var server: ServerOptions

    func run() throws { PluginListProgram(choice: try server.choice(), json: json).run() }
}
