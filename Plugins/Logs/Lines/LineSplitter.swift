private import Glibc

/// Makes lines of the chunks of one stream.
///
/// `\n` and `\r\n` end a line, and so does the end of the output. What is mended on the way: of what was written over after a `\r`, as
/// progress is, only the last is kept, invalid UTF-8 is replaced, and what is longer than the limit is cut with a marker that says by how
/// much.
struct LineSplitter: Sendable {
    static let standardLimit = 16 << 10

    let limit: Int
    /// The beginning of a line whose end has not come, at most `limit` bytes.
    private var partial: [UInt8] = []
    /// Bytes of that line beyond the limit.
    private var beyond = 0
    private var lastBeyond: UInt8 = 0

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(limit: Int = LineSplitter.standardLimit) { self.limit = limit }

    /// Takes the next chunk; the lines that end in it go to the batch.
    mutating func split(_ chunk: [UInt8], into batch: inout LineBatch) {
        chunk.withUnsafeBytes { chunk in
            let plain = LineCleaner.isPlain(chunk)
            if plain { batch.bytes.reserveCapacity(batch.bytes.count + partial.count + chunk.count) }
            var start = 0
            while start < chunk.count {
                let rest = UnsafeRawBufferPointer(rebasing: chunk[start...])
                guard let base = rest.baseAddress, let found = memchr(base, Int32(Self.newline), rest.count) else {
                    hold(rest)
                    return
                }
                let length = base.distance(to: UnsafeRawPointer(found))
                let line = UnsafeRawBufferPointer(rebasing: rest[..<length])
                if plain, partial.isEmpty, beyond == 0, length <= limit {
                    batch.bytes.append(contentsOf: line)
                    batch.endLine()
                } else {
                    hold(line)
                    flush(into: &batch)
                }
                start += length + 1
            }
        }
    }

    /// The output has ended: what is left without a line break is a line.
    mutating func finish(into batch: inout LineBatch) {
        if !partial.isEmpty || beyond > 0 { flush(into: &batch) }
    }

    private mutating func hold(_ bytes: UnsafeRawBufferPointer) {
        if let written = Self.writtenOver(
            bytes, behindReturn: beyond > 0 ? lastBeyond == Self.carriageReturn : partial.last == Self.carriageReturn)
        {
            partial.removeAll(keepingCapacity: true)
            beyond = 0
            keep(UnsafeRawBufferPointer(rebasing: bytes[written...]))
        } else {
            keep(bytes)
        }
    }

    /// Where the last begins of what was written over each other; nil where all that is held stays.
    private static func writtenOver(_ bytes: UnsafeRawBufferPointer, behindReturn: Bool) -> Int? {
        // Behind the last return nothing has come yet.
        guard let end = bytes.lastIndex(where: { $0 != carriageReturn }) else { return nil }
        if let last = bytes[..<end].lastIndex(of: carriageReturn) { return last + 1 }
        return behindReturn ? 0 : nil
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        let taken = min(limit - partial.count, bytes.count)
        partial.append(contentsOf: bytes[..<taken])
        if taken < bytes.count {
            beyond += bytes.count - taken
            lastBeyond = bytes[bytes.count - 1]
        }
    }

    private mutating func flush(into batch: inout LineBatch) {
        if beyond > 0, lastBeyond == Self.carriageReturn {
            beyond -= 1
        } else if beyond == 0 {
            while partial.last == Self.carriageReturn { partial.removeLast() }
        }
        if beyond > 0 {
            let whole = LineCleaner.wholeCharacters(partial)
            beyond += partial.count - whole
            partial.removeLast(partial.count - whole)
        }
        partial.withUnsafeBytes { bytes in
            if LineCleaner.isPlain(bytes) { batch.bytes.append(contentsOf: bytes) } else { LineCleaner.append(bytes, to: &batch.bytes) }
        }
        if beyond > 0 { batch.bytes.append(contentsOf: " … [\(beyond) bytes cut]".utf8) }
        batch.endLine()
        partial.removeAll(keepingCapacity: true)
        beyond = 0
    }
}
