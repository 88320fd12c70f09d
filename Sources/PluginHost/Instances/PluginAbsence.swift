internal import Scopes

/// Why nobody offers what a plugin offered when it last ran.
package struct PluginAbsence: Sendable, Equatable {
    package let plugin: String
    /// What its next start has failed with; nil: it is being started again.
    package let failure: String?
}

extension PluginHost {
    /// The plugin that would offer this; nil: there is none, or it was disabled.
    package func absence(of kind: CallKind, _ key: String) -> PluginAbsence? {
        let all = loaded.withLock { $0.known }
        for known in all {
            let state = known.state.withLock { $0 }
            let failure: String?
            switch state.phase {
            // For clients: where the files are is none of their business.
            case .failed: failure = all.reduce(state.error?.what ?? "see the server's log") { $0.replacing($1.path, with: "its file") }
            case .closing where state.isRestarting, .loading: failure = nil
            case .closing, .running, .disabled: continue
            }
            if state.offered.has(kind, key) { return PluginAbsence(plugin: known.name ?? known.path, failure: failure) }
        }
        return nil
    }
}
