import ArgumentParser
import Server

struct PluginInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Say what a plugin is, and whether this host would load it.")

    @Argument(help: "The plugin's shared library.")
    var file: String

    func run() throws {
        InspectProgram(path: file).run()
    }
}
