import Glibc

/// Cuts a stream of bytes into lines, of bounded length. A line that is too long is reported once and skipped to its end.
struct LineSplitter {
    enum Piece {
        case line([UInt8])
        case tooLong
    }

    let limit: Int
    private var partial: [UInt8] = []
    private var isSkipping = false

    init(limit: Int) { self.limit = limit }

    /// Whether the input ended inside a line.
    var hasPartial: Bool { !partial.isEmpty || isSkipping }

    mutating func feed(_ bytes: UnsafeRawBufferPointer, _ take: (Piece) -> Void) {
        guard let base = bytes.baseAddress else { return }
        var start = 0
        while start < bytes.count {
            guard let end = memchr(base + start, 0x0A, bytes.count - start) else {
                keep(UnsafeRawBufferPointer(rebasing: bytes[start...]), take)
                return
            }
            let next = UnsafeRawPointer(end) - base
            finish(UnsafeRawBufferPointer(rebasing: bytes[start..<next]), take)
            start = next + 1
        }
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer, _ take: (Piece) -> Void) {
        guard !isSkipping else { return }
        guard partial.count + bytes.count <= limit else {
            partial = []
            isSkipping = true
            take(.tooLong)
            return
        }
        partial.append(contentsOf: bytes)
    }

    private mutating func finish(_ bytes: UnsafeRawBufferPointer, _ take: (Piece) -> Void) {
        if isSkipping {
            isSkipping = false
            return
        }
        guard partial.count + bytes.count <= limit else {
            partial = []
            take(.tooLong)
            return
        }
        var line = partial
        partial = []
        line.append(contentsOf: bytes)
        if line.last == 0x0D { line.removeLast() }
        if !line.isEmpty { take(.line(line)) }
    }
}
