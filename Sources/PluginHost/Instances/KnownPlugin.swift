internal import Scopes

/// A configured plugin, running or not. Never forgotten as long as its host lives.
final class KnownPlugin: Sendable {
    enum Phase: Sendable { case disabled, loading, running, closing, failed }

    struct State: Sendable {
        var spec: PluginSpec
        var phase = Phase.disabled
        var reason = "it was not loaded yet"
        var error: PluginError?
        /// Once the library is in this process it stays there: later generations are made of the same code.
        var facts: PluginFacts?
        /// The youngest generation, until it is gone.
        var instance: PluginInstance?
        var generation = 0
        /// What its last generation offered.
        var offered = OfferedNames()
        /// While it closes: another generation follows.
        var isRestarting = false
        var operations = SerialQueue<PluginOperation>(limit: KnownPlugin.mostOperations)
    }

    /// Operations on one plugin that may wait.
    static let mostOperations = 16

    let path: String
    /// Of a plugin that is linked into this program; nil: it is loaded from `path`.
    let linked: LinkedPlugin?
    let state: Lock<State>

    init(_ spec: PluginSpec, linked: LinkedPlugin? = nil) {
        path = spec.path
        self.linked = linked
        state = Lock(State(spec: spec))
    }

    /// Nil as long as neither its library nor the configuration has said.
    var name: String? { state.withLock { $0.facts?.name ?? $0.spec.name } }

    func fail(_ error: PluginError) {
        state.withLock { state in
            state.phase = .failed
            state.error = error
        }
    }

    func status(_ tools: [String]) -> PluginStatus {
        let state = self.state.withLock { $0 }
        let description = state.facts?.description
        return PluginStatus(
            path: path, name: description?.name ?? state.spec.name, version: description?.version, summary: description?.summary,
            toolchain: description?.toolchain, permissions: description?.permissionNames ?? [], state: Self.state(state),
            reason: state.phase == .disabled ? state.reason : "", error: state.error, generation: state.generation,
            pin: state.facts?.copy.map { PluginPin(hex: $0.hash) }, tools: tools)
    }

    private static func state(_ state: State) -> PluginStatus.State {
        switch state.phase {
        case .disabled: .disabled
        case .loading: .loading
        case .closing: .closing
        case .failed: .failed
        case .running:
            switch state.instance?.state {
            case .ready: .ready
            case .degraded: .degraded
            case .failed: .failed
            case .loading: .loading
            case .closed, nil: .closing
            }
        }
    }
}
