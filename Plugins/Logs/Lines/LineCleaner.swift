private import Glibc

/// What in a line is not text: terminal control sequences (ECMA-48), which are kept and left out when it is read, and invalid UTF-8, which
/// is replaced at once.
enum LineCleaner {
    private static let escape: UInt8 = 0x1B

    /// Nothing in it has to be mended or folded.
    static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var found: UInt8 = 0
        for byte in bytes {
            // No branch, so that this is vectorised.
            let isHigh = byte & 0x80
            let isReturn: UInt8 = byte == UInt8(ascii: "\r") ? 1 : 0
            found |= isHigh | isReturn
        }
        return found == 0
    }

    /// Appends a line, each ill-formed part of UTF-8 replaced by U+FFFD.
    static func append(_ line: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(decoding: line, as: UTF8.self).utf8)
    }

    static func hasSequences(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let base = line.baseAddress else { return false }
        return memchr(base, Int32(escape), line.count) != nil
    }

    /// How many bytes are left when a character that is cut short at the end is left out.
    static func wholeCharacters(_ bytes: [UInt8]) -> Int {
        var index = bytes.count
        var continuations = 0
        while index > 0, continuations < 3, bytes[index - 1] & 0xC0 == 0x80 {
            index -= 1
            continuations += 1
        }
        guard index > 0 else { return bytes.count }
        let needed =
            switch bytes[index - 1] {
            case 0xC2...0xDF: 1
            case 0xE0...0xEF: 2
            case 0xF0...0xF4: 3
            default: 0
            }
        return continuations < needed ? index - 1 : bytes.count
    }

    /// A line without control sequences.
    static func stripped(_ line: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(line.count)
        var index = 0
        while index < line.count {
            if line[index] == escape {
                index = afterSequence(line, index)
            } else {
                text.append(line[index])
                index += 1
            }
        }
        return text
    }

    /// The index after the sequence that begins at `start`; one that is cut short reaches to the end of the line.
    private static func afterSequence(_ line: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var index = start + 1
        guard index < line.count else { return index }
        switch line[index] {
        case UInt8(ascii: "["):
            index += 1
            while index < line.count, (0x20...0x3F).contains(line[index]) { index += 1 }
            return index < line.count && (0x40...0x7E).contains(line[index]) ? index + 1 : index
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            // A string: ends with BEL, or with ESC \.
            index += 1
            while index < line.count {
                if line[index] == 0x07 { return index + 1 }
                if line[index] == escape {
                    return index + 1 < line.count && line[index + 1] == UInt8(ascii: "\\") ? index + 2 : index
                }
                index += 1
            }
            return index
        default:
            while index < line.count, (0x20...0x2F).contains(line[index]) { index += 1 }
            return index < line.count && (0x30...0x7E).contains(line[index]) ? index + 1 : index
        }
    }
}
