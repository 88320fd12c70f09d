import ArgumentParser

/// `ambit plugin …`: everything about single plugins. One file per subcommand.
struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Look at plugins, one at a time.",
        subcommands: [PluginInspectCommand.self])
}
