internal import Scopes

/// The place of a call in its own scope: whatever closes that scope ends the call, and the scope waits for the handler.
final class CallEntry: Resource, @unchecked Sendable {  // `call` is set once, before the entry is linked
    /// The call lives at least until its scope has closed.
    unowned let call: Call

    init(_ call: Call, label: String) {
        self.call = call
        super.init(.call, label: label)
    }

    override func cancel(_ reason: Reason) { call.scopeCloses(reason) }

    override func abandoned(_ reason: Reason) { call.handlerAbandoned() }

    override var describe: String { call.isFinished ? "finished, its handler still runs" : "" }
}
