import ArgumentParser
import Server

/// What every way to start plugins has in common.
struct SharedOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("A plugin to load, in addition to those that ship. May be given several times.", valueName: "path"))
    var plugin: [String] = []

    @Flag(name: .long, help: "Don't load the plugins that ship.")
    var noDefaultPlugins = false

    @Option(name: .long, help: ArgumentHelp("How a legacy call goes on after its client is gone [AMBIT_DETACH_GRACE].", valueName: "2s"))
    var detachGrace: String?

    @Option(name: .long, help: ArgumentHelp("A client that takes nothing for so long is dropped [AMBIT_WRITE_DEADLINE].", valueName: "10s"))
    var writeDeadline: String?

    @Option(name: .long, help: ArgumentHelp("trace, debug, info, notice, warning, error or critical [AMBIT_LOG_LEVEL].", valueName: "info"))
    var logLevel: String?

    func configuration() throws -> AmbitConfiguration {
        var configuration = AmbitConfiguration()
        let extra = Setting.list(plugin, "AMBIT_PLUGINS", separator: ":")
        configuration.plugins = (noDefaultPlugins ? [] : InstalledFiles.plugins) + extra
        configuration.limits.detachGrace = try Setting.duration(
            detachGrace, "AMBIT_DETACH_GRACE", configuration.limits.detachGrace, flagName: "--detach-grace")
        configuration.writeDeadline = try Setting.duration(
            writeDeadline, "AMBIT_WRITE_DEADLINE", configuration.writeDeadline, flagName: "--write-deadline")
        return configuration
    }

    func level(standard: String) throws -> LogThreshold {
        let name = Setting.text(logLevel, "AMBIT_LOG_LEVEL", standard)
        guard let level = LogThreshold(name) else {
            throw ValidationError("the log level is '\(name)'; expected one of \(LogThreshold.names)")
        }
        return level
    }
}
