import JSON

/// The answer to one POST, read piece by piece: a JSON message, or a stream of events with one message each. Without chunks: it is asked
/// for with HTTP/1.0.
struct HTTPAnswer {
    private enum Body { case json(length: Int?), events }

    private var bytes: [UInt8] = []
    private var body: Body?

    private static let limit = 256 << 20

    /// Messages that have become complete. Empty `piece`: the connection has ended.
    mutating func feed(_ piece: ArraySlice<UInt8>) throws(DebugClient.Failure) -> [JSONValue] {
        bytes.append(contentsOf: piece)
        guard bytes.count < Self.limit else { throw DebugClient.Failure(description: "the server says too much") }
        if body == nil { try readHead() }
        switch body {
        case nil: return []
        case .json(let length):
            guard piece.isEmpty || length.map({ bytes.count >= $0 }) ?? false else { return [] }
            return bytes.isEmpty ? [] : [try Self.message(bytes)]
        case .events:
            var messages: [JSONValue] = []
            while let end = bytes.firstIndex(of: 0x0A) {
                let line = bytes[..<end]
                if line.starts(with: "data:".utf8) { messages.append(try Self.message(Array(line.dropFirst(5)))) }
                bytes.removeFirst(end + 1)
            }
            return messages
        }
    }

    private mutating func readHead() throws(DebugClient.Failure) {
        let text = bytes.prefix(64 << 10)
        guard let end = text.indices.dropLast(3).first(where: { text[$0] == 13 && text[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10]) })
        else {
            guard text.count < 64 << 10 else { throw DebugClient.Failure(description: "what answers is not an HTTP server") }
            return
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        guard lines.first?.hasPrefix("HTTP/1.") == true else {
            throw DebugClient.Failure(description: "what answers is not an HTTP server")
        }
        var isStream = false
        var length: Int?
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].drop { $0 == " " }
            switch parts[0].lowercased() {
            case "content-type": isStream = value.lowercased().hasPrefix("text/event-stream")
            case "content-length": length = Int(value)
            default: continue
            }
        }
        body = isStream ? .events : .json(length: length)
        bytes.removeFirst(end + 4)
    }

    private static func message(_ bytes: [UInt8]) throws(DebugClient.Failure) -> JSONValue {
        guard let document = try? JSONDocument(bytes, limits: JSONLimits(maxDepth: 1 << 20, maxBytes: limit)) else {
            throw DebugClient.Failure(description: "the server says what is not JSON")
        }
        return document.root
    }
}
