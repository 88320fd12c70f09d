public import AmbitPlugin

/// Runs programs and remembers what they write.
///
/// A program belongs to the session that started it, or, when it is kept, to the plugin; its lines are in memory, bounded, oldest dropped
/// first. Everything that a call takes for itself (a follower's subscription, its time limit) belongs to the call.
final class LogsPlugin: Plugin {
    static let about = About(
        name: "logs", version: "0.1.0", summary: "Runs programs, keeps their output, and streams it line by line.",
        permissions: [.process, .files], configuration: Settings.self)

    let host: Host
    let store = ProcessStore()

    /// Nil: those that ship, which are compiled when they are first used.
    let ownRules: ErrorRules?

    init(host: Host) throws {
        self.host = host
        ownRules = try host.configuration(as: Settings.self).ownRules()
    }

    var tools: [Tool] {
        processRun
        processList
        processStop
        processWrite
        scriptsList
        logsQuery
        logsFollow
        logsErrors
    }
}

@c(ambit_plugin_entry) public func entry() -> UnsafePointer<ambit_plugin_descriptor>? { export(LogsPlugin.self) }
