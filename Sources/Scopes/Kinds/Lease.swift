internal import Synchronization

/// The kind lease: one holder's count of something that is shared under a key.
///
/// While it waits for the build it ends with the *cancel* phase of its scope; once it is held, in the *free* phase, after the scope's tasks.
public final class Lease<Value: Sendable>: Resource, @unchecked Sendable {  // state is behind its lock
    package typealias Build = @Sendable (Scope, _ done: @escaping @Sendable (Result<Value, LeaseError>) -> Void) -> Void

    private enum Stage { case waiting, held, left }

    private struct State {
        var stage = Stage.waiting
        var value: Value?
        var build: Build?
        var done: (@Sendable (LeaseOutcome<Value>) -> Void)?
    }

    package let key: String
    let name: UInt64
    private let table: LeaseTable<Value>
    let executor: ThreadExecutor
    private let state: Lock<State>
    // A word of its own: `phase` is asked under the scope's lock.
    private let isFreedLast = Atomic<Bool>(false)

    init(
        key: String, name: UInt64, table: LeaseTable<Value>, executor: ThreadExecutor, build: @escaping Build,
        done: @escaping @Sendable (LeaseOutcome<Value>) -> Void
    ) {
        self.key = key
        self.name = name
        self.table = table
        self.executor = executor
        state = Lock(State(build: build, done: done))
        super.init(.lease, label: key)
    }

    /// What was built; nil before it is held and after it was released or lost.
    package var value: Value? { state.withLock { $0.value } }

    public override var phase: Kind.Phase { isFreedLast.load(ordering: .acquiring) ? .free : .reap }

    public override var describe: String {
        state.withLock { $0.stage == .waiting ? "waits for the build" : "" }
    }

    /// How to build it, for the one whose turn it is; nil: it has left. Called under the table's lock, which is never taken under this one.
    func takeBuild() -> Build? { state.withLock { $0.build.take() } }

    /// It is built: this is a holder, unless it has left meanwhile.
    func grant(_ value: Value) {
        if let scope, !scope.isOpen {
            leave(.closed(scope.closedError().reason))
            return
        }
        // Before the stage: a close that comes in between must not wait for what it will free itself.
        isFreedLast.store(true, ordering: .releasing)
        let done = state.withLock { state -> (@Sendable (LeaseOutcome<Value>) -> Void)? in
            guard state.stage == .waiting else { return nil }
            state.stage = .held
            state.value = value
            state.build = nil
            return state.done.take()
        }
        guard let done else { return }
        executor.post { [self] in done(.granted(self)) }
    }

    /// It waits no longer; nil: without a word. False: it was not waiting.
    @discardableResult
    func leave(_ outcome: LeaseOutcome<Value>?) -> Bool {
        let (left, done) = state.withLock { state -> (Bool, (@Sendable (LeaseOutcome<Value>) -> Void)?) in
            guard state.stage == .waiting else { return (false, nil) }
            state.stage = .left
            state.build = nil
            return (true, state.done.take())
        }
        guard left else { return false }
        if let done, let outcome { executor.post { done(outcome) } }
        ended()
        table.left(self)
        return true
    }

    /// Gives the count back. Never waits; the last one closes what was shared. Idempotent.
    package func release() {
        guard drop() else { return }
        ended()
        table.left(self)
    }

    /// What it held is gone.
    func lost() { if drop() { ended() } }

    private func drop() -> Bool {
        state.withLock { state in
            guard state.stage == .held else { return false }
            state.stage = .left
            state.value = nil
            return true
        }
    }

    public override func cancel(_ reason: Reason) { leave(.closed(reason)) }

    public override func free(_ reason: Reason) {
        release()
        // One that was granted in the very moment in which its scope closed was told so by `grant`.
        leave(.closed(reason))
    }

    /// Abandoned work may still use what it holds (S9): the count is kept, and with it what is shared.
    public override func pin(_ reason: Reason) -> Bool { state.withLock { $0.stage == .held } }

    public override func unpin(_ reason: Reason) { free(reason) }

    public override func undo(_ reason: Reason) { free(reason) }
}
