internal import Scopes
internal import Synchronization

/// Counts what still leads into a plugin's code: calls that run, callbacks that were promised. `destroy` waits for it to be empty, so
/// that nothing of an instance runs when it is freed (S16).
final class PluginGate: Sendable {
    private static let closedBit: UInt64 = 1 << 63
    private let word = Atomic<UInt64>(0)
    private let idle = Lock<(@Sendable () -> Void)?>(nil)

    /// One more way in, until `leave`.
    func enter() { word.wrappingAdd(1, ordering: .relaxed) }

    func leave() {
        if word.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == Self.closedBit { becameIdle() }
    }

    /// Calls `body` once when nothing leads into the plugin any more; the caller sees to it that nothing new begins. Once.
    func whenIdle(_ body: @escaping @Sendable () -> Void) {
        idle.withLock { $0 = body }
        if word.bitwiseOr(Self.closedBit, ordering: .acquiringAndReleasing).newValue == Self.closedBit { becameIdle() }
    }

    private func becameIdle() {
        let body = idle.withLock { $0.take() }
        body?()
    }

    /// Ways in that are open now.
    var count: Int { Int(word.load(ordering: .relaxed) & ~Self.closedBit) }
}
