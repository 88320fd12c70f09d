internal import Scopes

extension PluginInstance {
    /// Work that was given up and still runs (S9).
    package var abandonedCount: Int { life.withLock { $0.abandoned } }

    /// Objects that are kept because abandoned code may still touch them (S9).
    package var pinnedCount: Int { life.withLock { $0.pinned.count } }
}
