private import Glibc

/// Finds a text in lines, whatever its case.
struct TextFilter: Sendable {
    private let needle: [UInt8]
    /// Then case is a matter of one bit, and nothing has to be decoded.
    private let isASCII: Bool

    /// nil for an empty text: everything matches.
    init?(_ text: String?) {
        guard let text, !text.isEmpty else { return nil }
        needle = Array(text.lowercased().utf8)
        isASCII = needle.allSatisfy { $0 < 0x80 }
    }

    func matches(_ line: UnsafeRawBufferPointer) -> Bool {
        guard isASCII else {
            var folded = String(decoding: line, as: UTF8.self).lowercased()
            return folded.withUTF8 { contains(UnsafeRawBufferPointer($0)) }
        }
        return contains(line)
    }

    private func contains(_ line: UnsafeRawBufferPointer) -> Bool {
        guard line.count >= needle.count, let base = line.baseAddress else { return false }
        let last = line.count - needle.count
        return needle.withUnsafeBufferPointer { needle in
            let lower = needle[0]
            let upper = Self.isLetter(lower) ? lower & ~0x20 : lower
            var start = 0
            while start <= last {
                guard let next = Self.first(lower, upper, base + start, last - start + 1) else { return false }
                start += next
                var index = 1
                while index < needle.count, Self.folded(line[start + index]) == needle[index] { index += 1 }
                if index == needle.count { return true }
                start += 1
            }
            return false
        }
    }

    private static func first(_ lower: UInt8, _ upper: UInt8, _ base: UnsafeRawPointer, _ count: Int) -> Int? {
        let small = memchr(base, Int32(lower), count).map { base.distance(to: UnsafeRawPointer($0)) }
        guard upper != lower else { return small }
        let large = memchr(base, Int32(upper), small ?? count).map { base.distance(to: UnsafeRawPointer($0)) }
        return large ?? small
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
}
