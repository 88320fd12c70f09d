import ArgumentParser

/// `ambit config …`
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check the configuration, or begin one.",
        subcommands: [ConfigCheckCommand.self, ConfigInitCommand.self])
}
