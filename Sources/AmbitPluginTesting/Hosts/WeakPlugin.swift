internal import AmbitPlugin
internal import Scopes

/// The plugin under test, without keeping it: after `destroy` it must be gone.
final class WeakPlugin: Sendable {
    private struct Reference: Sendable {
        weak var object: (any Plugin)?
    }

    private let reference = Lock(Reference())

    func set(_ plugin: any Plugin) { reference.withLock { $0.object = plugin } }

    var isAlive: Bool { reference.withLock { $0.object != nil } }
}
