internal import Scopes

extension Kind {
    static let plugin = Kind("plugin", phase: .free)
    static let registration = Kind("registration", phase: .reap)
    static let call = Kind("call", phase: .reap)
}

/// The slot of a plugin in the scope of its server: that scope does not close before the plugin is gone, within the budget of a
/// finalizer (S7). Reserved before the library is loaded (S4).
final class PluginResource: Resource, @unchecked Sendable {  // no state of its own
    init(label: String) { super.init(.plugin, label: label) }

    /// `ended` follows when the instance is gone: its own scope is below this one and has closed before.
    override func free(_ reason: Reason) {}

    /// It was loaded while the server began to close; its scope closes with the server's.
    override func undo(_ reason: Reason) {}
}

/// Tells a plugin that its scope begins to close.
final class QuiesceHook: Resource, @unchecked Sendable {  // no state of its own
    private let instance: PluginInstance

    init(_ instance: PluginInstance) {
        self.instance = instance
        super.init(.registration, label: "quiesce")
    }

    override func quiesce(_ reason: Reason) { instance.announceQuiesce() }
}
