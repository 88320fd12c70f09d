import Synchronization

/// Says to all connections of a server that it is about to stop: each answer from now on is the last of its connection, also one that is
/// made before the connection itself is told.
final class StopSign: Sendable {
    private let flag = Atomic(false)

    var isUp: Bool { flag.load(ordering: .relaxed) }

    func raise() { flag.store(true, ordering: .relaxed) }
}
