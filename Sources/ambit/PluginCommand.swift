import ArgumentParser

/// `ambit plugin …`: everything about single plugins. One file per subcommand.
struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Look at plugins, of a running server or on the disk; begin one.",
        subcommands: [
            PluginListCommand.self, PluginEnableCommand.self, PluginDisableCommand.self, PluginRestartCommand.self,
            PluginInspectCommand.self, PluginNewCommand.self,
        ])
}
