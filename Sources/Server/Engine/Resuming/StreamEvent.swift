/// Events as they go out, without the blank line at their end.
enum StreamEvent {
    static func bytes(_ id: EventID, _ message: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.count + 40)
        bytes += "id: \(id)\ndata: ".utf8
        bytes += message
        return bytes
    }

    /// Says where a client stands and when to come again, and nothing else (SEP-1699).
    ///
    /// - Parameter retry: nanoseconds.
    static func priming(_ id: EventID, retry: Int64) -> [UInt8] { Array("id: \(id)\nretry: \(retry / 1_000_000)\ndata: ".utf8) }
}
