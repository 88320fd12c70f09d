internal import Scopes
internal import Synchronization

/// The place of a call in its own scope: whatever closes that scope ends the call, and the scope waits for the handler.
final class CallEntry: Resource, @unchecked Sendable {  // `call` is set once, before the entry is linked
    /// The call lives at least until its scope has closed. A picture of the tree may describe its entry later.
    private unowned let call: Call
    private let hasOutcome = Atomic<Bool>(false)

    init(_ call: Call, label: String) {
        self.call = call
        super.init(.call, label: label)
    }

    /// The call has its outcome; where its handler still runs, the entry stays.
    func answered() { hasOutcome.store(true, ordering: .relaxed) }

    override func cancel(_ reason: Reason) { call.scopeCloses(reason) }

    override func abandoned(_ reason: Reason) { call.handlerAbandoned() }

    override var describe: String { hasOutcome.load(ordering: .relaxed) ? "finished, its handler still runs" : "" }
}
