import ArgumentParser
import Server

struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Print every setting with where it comes from, and what is wrong; takes the flags of `ambit serve`.",
        discussion: "What differs from the default has a star. Exit status 1: a server would not start with it.")

    @Flag(name: .long, help: "As JSON.")
    var json = false

    @OptionGroup var settings: SettingOptions<ServeSettings>

    func run() throws {
        ConfigCheckProgram(program: .serve, sources: settings.sources, json: json).run()
    }
}
