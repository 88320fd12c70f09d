/// The head of an answer to the command line.
struct HTTPHead {
    let status: Int
    private(set) var isStream = false
    private(set) var length: Int?
    /// Bytes, with the empty line.
    let size: Int

    /// Nil while it is not there whole.
    init?(_ bytes: [UInt8], from server: RemoteServer) throws(RemoteServer.Failure) {
        if let first = bytes.first, first != UInt8(ascii: "H") { throw server.notHTTP(bytes) }
        let text = bytes.prefix(64 << 10)
        guard let end = text.indices.dropLast(3).first(where: { text[$0] == 13 && text[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10]) })
        else {
            guard text.count < 64 << 10 else { throw server.notHTTP(bytes) }
            return nil
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let start = lines.first?.split(separator: " ") ?? []
        guard start.count >= 2, start[0].hasPrefix("HTTP/1."), let status = Int(start[1]) else { throw server.notHTTP(bytes) }
        self.status = status
        size = end + 4
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
    }
}
