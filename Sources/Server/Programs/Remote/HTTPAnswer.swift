import JSON

/// The answer to one POST, read piece by piece: a JSON message, or a stream of events with one message each. Without chunks: it is asked
/// for with HTTP/1.0.
struct HTTPAnswer {
    private let server: RemoteServer
    private var bytes: [UInt8] = []
    private var head: HTTPHead?

    private static let limit = 256 << 20

    init(from server: RemoteServer) { self.server = server }

    /// Messages that have become complete. Empty `piece`: the connection has ended.
    mutating func feed(_ piece: ArraySlice<UInt8>) throws(RemoteServer.Failure) -> [JSONValue] {
        bytes.append(contentsOf: piece)
        guard bytes.count < Self.limit else { throw RemoteServer.Failure(description: "the server says too much") }
        if head == nil {
            head = try HTTPHead(bytes, from: server)
            bytes.removeFirst(head?.size ?? 0)
        }
        guard let head else { return [] }
        guard !head.isStream else { return try events() }
        guard piece.isEmpty || head.length.map({ bytes.count >= $0 }) ?? false else { return [] }
        // What forbids to ask is HTTP's; other errors are messages, whatever their status.
        if head.status == 401 || head.status == 403 { throw server.refusal(head.status, bytes) }
        if bytes.isEmpty, head.status == 200 { return [] }
        guard let message = Self.message(bytes) else {
            if head.status != 200 { throw server.refusal(head.status, bytes) }
            throw RemoteServer.Failure(description: "the server says what is not JSON")
        }
        return [message]
    }

    private mutating func events() throws(RemoteServer.Failure) -> [JSONValue] {
        var messages: [JSONValue] = []
        while let end = bytes.firstIndex(of: 0x0A) {
            let line = bytes[..<end]
            if line.starts(with: "data:".utf8) {
                guard let message = Self.message(Array(line.dropFirst(5))) else {
                    throw RemoteServer.Failure(description: "the server says what is not JSON")
                }
                messages.append(message)
            }
            bytes.removeFirst(end + 1)
        }
        return messages
    }

    private static func message(_ bytes: [UInt8]) -> JSONValue? {
        try? JSONDocument(bytes, limits: JSONLimits(maxDepth: 1 << 20, maxBytes: limit)).root
    }
}
