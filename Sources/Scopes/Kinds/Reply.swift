/// The kind reply: a one-shot slot for an answer that comes from elsewhere, under an unguessable name.
///
/// It is resolved exactly once, or times out, or closes with its scope or with the scope that was to answer. It stays in its scope until its
/// outcome was handed over.
public final class Reply: Resource, @unchecked Sendable {  // state is behind its lock
    private struct State {
        var machine = ReplyState()
        var waiter: (@Sendable (ReplyOutcome) -> Void)?
        var timer: TimerQueue.Entry?
        var target: ReplyTarget?
    }

    let key = ReplyKey.random()
    private let deliverOn: ThreadExecutor
    private let state = Lock(State())

    init(label: String, executor: ThreadExecutor) {
        deliverOn = executor
        super.init(.reply, label: label)
    }

    /// What whoever is to answer is told: 32 hexadecimal digits.
    package var id: String { key.text }

    /// Opens the slot to the world; `reserve` came before.
    fileprivate func open(timeoutNanoseconds: Int64, target: Scope?) throws(AcquireError) {
        guard let runtime = scope?.runtime else { return }
        runtime.replies.enter(self)
        let end = target.map { _ in ReplyTarget(self) }
        if let target, let end {
            state.withLock { $0.target = end }
            do throws(AcquireError) { try target.add(end) } catch {
                settle(.closed(error.reason))
                throw error
            }
        }
        let timer = runtime.timers.schedule(after: timeoutNanoseconds, on: runtime.executor) { [self] in
            if !Fault.isOn("replies-are-exactly-once") { settle(.timedOut) }
        }
        // It may have been settled before it knew of both.
        let late = state.withLock { state -> Bool in
            guard state.machine.outcome == nil else { return true }
            state.timer = timer
            return false
        }
        guard late else { return }
        end?.ended()
        runtime.timers.cancel(timer)
    }

    /// False: it has its outcome already.
    @discardableResult
    func settle(_ outcome: ReplyOutcome) -> Bool {
        let (action, waiter, timer, target) = state.withLock { state in
            let action = state.machine.handle(.settle(outcome))
            if action == .refused { return (action, nil, nil, nil) as Settled }
            return (action, state.waiter.take(), state.timer.take(), state.target.take())
        }
        if action == .refused { return false }
        scope?.runtime.replies.leave(self)
        if let timer { scope?.runtime.timers.cancel(timer) }
        target?.ended()
        if let waiter { hand(outcome, to: waiter) }
        return true
    }

    private typealias Settled = (ReplyState.Action, (@Sendable (ReplyOutcome) -> Void)?, TimerQueue.Entry?, ReplyTarget?)

    private func hand(_ outcome: ReplyOutcome, to waiter: @escaping @Sendable (ReplyOutcome) -> Void) {
        ended()
        deliverOn.post { waiter(outcome) }
    }

    /// Waits for the outcome: `done` is posted once, never called before this returns. The result names this wait; 0: somebody waits
    /// already, and `done` is not called.
    @discardableResult
    package func wait(_ done: @escaping @Sendable (ReplyOutcome) -> Void) -> UInt64 {
        let (action, name) = state.withLock { state -> (ReplyState.Action, UInt64) in
            let action = state.machine.handle(.wait)
            if case .waiting = action { state.waiter = done }
            return (action, state.machine.latestWaiter)
        }
        switch action {
        case .deliver(let outcome): hand(outcome, to: done)
        case .waiting: break
        case .refused, .keep, .left: return 0
        }
        return name
    }

    /// True: the wait has ended, and its `done` is not called; the slot stays open. False: it is done already.
    @discardableResult
    package func cancelWait(_ waiter: UInt64) -> Bool {
        state.withLock { state in
            guard state.machine.handle(.cancelWait(waiter)) == .left else { return false }
            state.waiter = nil
            return true
        }
    }

    /// Gives the slot up.
    package func close() { close(Reason(.cancelled, by: scope?.path ?? "", text: "given up")) }

    private func close(_ reason: Reason) {
        settle(.closed(reason))
        ended()
    }

    public override func quiesce(_ reason: Reason) { settle(.closed(reason)) }

    public override func release(_ reason: Reason) { settle(.closed(reason)) }

    public override var describe: String {
        state.withLock { state in
            switch state.machine.outcome {
            case .none: "waiting"
            case .value(let payload): "answered with \(payload.count) bytes, not fetched yet"
            case .timedOut: "timed out, not fetched yet"
            case .closed: "closed, not fetched yet"
            }
        }
    }
}

extension Scope {
    /// Opens a reply slot.
    ///
    /// - Parameters:
    ///   - timeoutNanoseconds: from now; 0 or less times out at once.
    ///   - target: the scope that is to answer: the slot closes with it, too (a dead target fails its replies at once).
    ///   - executor: where `done` of a wait runs; nil: the runtime's.
    package func reply(
        label: String = "", timeoutNanoseconds: Int64, alsoEndsWith target: Scope? = nil, on executor: ThreadExecutor? = nil
    ) throws(AcquireError) -> Reply {
        let reply = Reply(label: label, executor: executor ?? runtime.executor)
        try reserve(reply)
        do throws(AcquireError) { try reply.open(timeoutNanoseconds: timeoutNanoseconds, target: target) } catch {
            reply.withdraw()
            throw error
        }
        try reply.commit()
        return reply
    }
}
