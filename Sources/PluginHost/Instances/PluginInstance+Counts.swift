internal import Scopes

extension PluginInstance {
    /// Work that was given up and still runs (S9).
    package var abandonedCount: Int { life.withLock { $0.abandoned } }

    /// What is kept because abandoned code may still touch it (S9).
    package var pinnedCount: Int { scope.keptForAbandoned }
}
