import PluginHost
import Scopes
import Transport

extension Kind {
    /// An open stream outside of any request: legacy GET, or a listen.
    static let stream = Kind("stream", phase: .reap)
}

/// A stream that a legacy client holds open for messages outside of requests. It ends with the client or with the session.
final class SessionStream: Resource, @unchecked Sendable {  // immutable beside what Resource guards
    let sink: any ResponseSink

    init(_ sink: any ResponseSink) {
        self.sink = sink
        super.init(.stream)
    }

    /// Ends it properly, for its client too.
    func end() {
        sink.end()
        ended()
    }

    override func release(_ reason: Reason) { sink.end() }
}
