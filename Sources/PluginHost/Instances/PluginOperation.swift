internal import Scopes

/// Something that is to be done with a plugin. Those of one plugin come one after the other.
struct PluginOperation: Sendable {
    enum Kind: Sendable {
        case enable
        case disable(reason: String)
        case restart(reason: String)
    }

    let kind: Kind
    /// On a thread that may block.
    let done: @Sendable (Result<PluginChange, PluginError>) -> Void
}
