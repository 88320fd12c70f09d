import ArgumentParser
import Server

struct PluginNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Begin a plugin: a folder with one that builds, is tested and runs.")

    @Argument(help: "Its name, like weather or log-search.")
    var name: String

    @Option(help: "swift or c.")
    var language = PluginLanguage.swift

    @Option(help: ArgumentHelp("The folder to make; its name in the current folder where there is none.", valueName: "dir"))
    var path: String?

    func run() throws {
        PluginNewProgram(name: name, language: language, path: path).run()
    }
}

extension PluginLanguage: ExpressibleByArgument {}
