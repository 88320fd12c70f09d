import ArgumentParser
import Server

struct PluginInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Say what a plugin is, and whether this host would load it.")

    @Argument(help: "The plugin: a shared library, or a folder with one.")
    var file: String

    @Flag(name: .long, help: "As JSON.")
    var json = false

    func run() throws {
        InspectProgram(path: file, json: json).run()
    }
}
