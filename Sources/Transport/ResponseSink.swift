/// One wire exchange: what may be sent for one request until it is answered. Safe on any thread.
///
/// What goes out as an event of a stream is one JSON message, or begins with `id: ` and is the lines of an event, the last of them its data.
/// The answer may be such lines only after something else made the response a stream.
///
/// Exactly one of `finish`, `accepted` and `end` ends it; whatever comes later is dropped. Its queue is bounded by items and bytes,
/// and a client that does not read for the write deadline loses its connection.
package protocol ResponseSink: MessageOutlet {
    /// Commits to a stream now, before there is anything to send (legacy GET, listen). On stdio nobody waits for its
    /// answer any more when the input ends.
    func openStream()
    /// The answer. On HTTP it becomes a JSON body with `status` unless the response is a stream already; an empty message is a
    /// response without body.
    func finish(_ message: [UInt8], status: Int, headers: [ResponseHeader])
    /// A notification or response was taken: 202 without body; nothing on stdio.
    func accepted()
    /// Ends the exchange without an answer (a cancelled request, a stream that is over).
    func end()
    /// Called at most once, on a transport thread, when the response becomes a stream: what it returns is written first, unless it is
    /// empty. Where there are no streams it is never called.
    func onOpen(_ first: @escaping @Sendable () -> [UInt8])
    /// Called once, on a transport thread, if the client is gone before the end: closed, reset, or stalled for the write deadline.
    func onGone(_ handler: @escaping @Sendable () -> Void)
}

extension ResponseSink {
    package func onOpen(_ first: @escaping @Sendable () -> [UInt8]) {}

    package func finish(_ message: [UInt8], status: Int) { finish(message, status: status, headers: []) }
}

/// A header of a response. The value has no line break (they are made by this program).
package struct ResponseHeader: Sendable, Equatable {
    package let name: StaticString
    package let value: String

    package init(_ name: StaticString, _ value: String) {
        self.name = name
        self.value = value
    }

    package static func == (one: Self, other: Self) -> Bool { "\(one.name)" == "\(other.name)" && one.value == other.value }
}
