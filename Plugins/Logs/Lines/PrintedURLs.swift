/// The URLs that a program prints first: those of its server, mostly.
struct PrintedURLs: Sendable {
    private(set) var urls: [String] = []
    private var lines = 0

    /// Later ones are traffic.
    private static let longestLook = 500
    private static let most = 4

    var isDone: Bool { urls.count >= Self.most || lines >= Self.longestLook }

    /// Whether there are new ones among these lines.
    mutating func look(at batch: LineBatch) -> Bool {
        guard !isDone else { return false }
        let before = urls.count
        var start = 0
        for end in batch.ends.map(Int.init) {
            lines += 1
            batch.bytes[start..<end].withUnsafeBytes { line in
                if LineCleaner.hasSequences(line) {
                    LineCleaner.stripped(line).withUnsafeBytes { find(in: $0) }
                } else {
                    find(in: line)
                }
            }
            start = end
            if isDone { break }
        }
        return urls.count > before
    }

    private mutating func find(in line: UnsafeRawBufferPointer) {
        var at = 0
        while let colon = line[at...].firstIndex(of: UInt8(ascii: ":")) {
            at = colon + 1
            guard colon + 3 < line.count, line[colon + 1] == UInt8(ascii: "/"), line[colon + 2] == UInt8(ascii: "/") else { continue }
            var start = colon
            while start > 0, (0x61...0x7A).contains(line[start - 1] | 0x20) { start -= 1 }
            let scheme = String(decoding: line[start..<colon], as: UTF8.self).lowercased()
            guard ["http", "https", "ws", "wss"].contains(scheme) else { continue }
            var end = colon + 3
            while end < line.count, Self.isPart(line[end]) { end += 1 }
            while end > colon + 3, Self.isPunctuation(line[end - 1]) { end -= 1 }
            let url = String(decoding: line[start..<end], as: UTF8.self)
            if end > colon + 3, !urls.contains(url), urls.count < Self.most { urls.append(url) }
            at = max(end, colon + 1)
        }
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F
            && ![UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "`")].contains(byte)
    }

    /// What ends a sentence, not a URL.
    private static func isPunctuation(_ byte: UInt8) -> Bool { [0x2E, 0x2C, 0x3B, 0x3A, 0x21, 0x29, 0x5D, 0x7D].contains(byte) }
}
