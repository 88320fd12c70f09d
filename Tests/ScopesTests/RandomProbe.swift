import Testing

@testable import Scopes

/// A resource that remembers how often it was released, however that goes.
final class RandomProbe: Resource, @unchecked Sendable {  // counters have locks of their own
    enum Mode: CaseIterable {
        case atOnce, elsewhere, fails
        /// Never ends by itself. The last.
        case hangs
    }

    private struct Seen: Sendable {
        var released = 0
        var abandoned = 0
        var pinned = 0
        var unpinned = 0
    }

    private let mode: Mode
    private let pins: Bool
    private let executor: ThreadExecutor
    private let seen = Lock(Seen())

    init(_ mode: Mode, freed: Bool, pins: Bool, on executor: ThreadExecutor) {
        self.mode = mode
        self.pins = pins
        self.executor = executor
        super.init(freed ? .finalizer : .task)
    }

    override func release(_ reason: Reason) { seen.withLock { $0.released += 1 } }

    override func cancel(_ reason: Reason) { go(reason) }

    override func free(_ reason: Reason) { go(reason) }

    private func go(_ reason: Reason) {
        switch mode {
        case .atOnce: end(reason)
        case .elsewhere, .fails: executor.post { self.end(reason) }
        case .hangs: break
        }
    }

    private func end(_ reason: Reason) {
        release(reason)
        ended(failure: mode == .fails ? "on purpose" : nil)
    }

    override func abandoned(_ reason: Reason) { seen.withLock { $0.abandoned += 1 } }

    override func pin(_ reason: Reason) -> Bool { pins }

    override func unpin(_ reason: Reason) {
        seen.withLock { $0.unpinned += 1 }
        super.unpin(reason)
    }

    /// What hung comes to its end.
    func endAtLast() {
        guard seen.withLock({ $0.abandoned > 0 && $0.released == 0 }) else { return }
        end(Reason(.completed, by: "test"))
    }

    func check() {
        let seen = seen.withLock { $0 }
        #expect(seen.released == 1, "\(mode): \(seen)")
        #expect(seen.abandoned <= 1 && seen.unpinned <= 1, "\(mode): \(seen)")
    }
}

/// Something that is called until it is told that it will not be.
final class RandomCallback: Sendable {
    private let state = Lock((isDestroyed: false, late: 0))

    func run() { state.withLock { if $0.isDestroyed { $0.late += 1 } } }
    func destroyed() { state.withLock { $0.isDestroyed = true } }
    var lateRuns: Int { state.withLock { $0.late } }
}
