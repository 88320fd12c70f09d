import PluginHost
import Scopes
import Transport

extension Kind {
    /// An open stream outside of any request: legacy GET.
    static let stream = Kind("stream", phase: .reap)
}

/// A stream that a client holds open for messages outside of requests. It ends with the client or with the session.
final class SessionStream: Resource, @unchecked Sendable {  // immutable beside what Resource guards
    private let sink: any ResponseSink

    init(_ sink: any ResponseSink) {
        self.sink = sink
        super.init(.stream)
    }

    /// A stream whose client does not read takes nothing more until it does; what is not taken is counted by the caller.
    func send(_ message: [UInt8]) -> Bool { sink.notify(message) == .queued }

    /// Ends it properly, for its client too.
    func end() {
        sink.end()
        ended()
    }

    override func release(_ reason: Reason) { sink.end() }
}
