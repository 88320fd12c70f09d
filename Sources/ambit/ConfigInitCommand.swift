import ArgumentParser
import Server

struct ConfigInitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write a commented configuration file with every setting at its default.")

    @Argument(help: "The file, or - for stdout; without it where servers look: $XDG_CONFIG_HOME/ambit/ambit.yaml.")
    var file: String?

    func run() throws {
        ConfigInitProgram(path: file).run()
    }
}
