private import Glibc

/// How severe a line is, as far as its format says so. The stream says nothing of it.
enum LineLevel: String, CaseIterable, Comparable, Sendable {
    case trace
    case debug
    case info
    case warning
    case error
    case fatal

    static func < (one: LineLevel, other: LineLevel) -> Bool { one.rank < other.rank }

    private var rank: Int {
        switch self {
        case .trace: 0
        case .debug: 1
        case .info: 2
        case .warning: 3
        case .error: 4
        case .fatal: 5
        }
    }

    /// Found in a JSON record, a logfmt record, a word that stands where loggers write theirs, or the first colour; nil in all else.
    static func of(_ line: LineView) -> LineLevel? {
        let level = line.withText { text -> LineLevel? in
            let head = UnsafeRawBufferPointer(rebasing: text[..<min(text.count, longestLook)])
            guard let first = head.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return nil }
            if head[first] == UInt8(ascii: "{") { return ofRecord(head) }
            return ofField(head) ?? ofWord(head)
        }
        return level ?? ofColour(line.bytes)
    }

    /// What a line may say behind this many bytes is content.
    private static let longestLook = 2048
    /// A logger's word stands behind time, host, thread and name at most.
    private static let longestPrefix = 120

    // MARK: records

    private static let keys = ["level", "severity", "lvl", "levelname", "loglevel", "log.level", "@level"]

    /// `"level":"warn"`, `"severity": "ERROR"`, `"level":50` (pino, bunyan).
    private static func ofRecord(_ text: UnsafeRawBufferPointer) -> LineLevel? {
        for key in keys {
            var start = 0
            while let found = find("\"\(key)\"", in: text, from: start) {
                var at = found + key.utf8.count + 2
                while at < text.count, text[at] == 0x20 { at += 1 }
                start = at
                guard at < text.count, text[at] == UInt8(ascii: ":") else { continue }
                at += 1
                while at < text.count, text[at] == 0x20 { at += 1 }
                guard at < text.count else { return nil }
                if text[at] == UInt8(ascii: "\"") { return named(word(text, at + 1)) }
                return numbered(word(text, at))
            }
        }
        return nil
    }

    /// `level=warn`, `lvl="error"`, `severity=INFO` at the beginning of a word.
    private static func ofField(_ text: UnsafeRawBufferPointer) -> LineLevel? {
        for key in keys.prefix(3) {
            var start = 0
            while let found = find("\(key)=", in: text, from: start) {
                start = found + key.utf8.count + 1
                guard found == 0 || text[found - 1] == 0x20 || text[found - 1] == 0x09 else { continue }
                let at = start < text.count && text[start] == UInt8(ascii: "\"") ? start + 1 : start
                if let level = named(word(text, at)) { return level }
            }
        }
        return nil
    }

    // MARK: words

    /// The first word that is a level and is set off as one: in capitals, in brackets, or with a colon behind it.
    private static func ofWord(_ text: UnsafeRawBufferPointer) -> LineLevel? {
        if let level = ofLetter(text) { return level }
        var at = 0
        let end = min(text.count, longestPrefix)
        while at < end {
            guard isLetter(text[at]) else {
                at += 1
                continue
            }
            let start = at
            while at < text.count, isLetter(text[at]) { at += 1 }
            let isWhole = start == 0 || !isInner(text[start - 1])
            guard isWhole, at - start <= 11, at == text.count || !isInner(text[at]) || isCode(text, at) else { continue }
            let bytes = UnsafeRawBufferPointer(rebasing: text[start..<at])
            guard let level = named(bytes) else { continue }
            let before = start > 0 ? text[start - 1] : 0x20
            let after = at < text.count ? text[at] : 0x20
            let isCapital = bytes.allSatisfy { $0 < 0x60 }
            let isBracketed = before == UInt8(ascii: "[") || before == UInt8(ascii: "<") || before == UInt8(ascii: "(")
            if isCapital || isBracketed || after == UInt8(ascii: ":") || after == UInt8(ascii: "[") { return level }
        }
        return nil
    }

    /// glog (`E1130 12:00:00.000`) and Android (`E/Tag: …`).
    private static func ofLetter(_ text: UnsafeRawBufferPointer) -> LineLevel? {
        guard text.count > 5 else { return nil }
        let isGlog = text[1...4].allSatisfy { (0x30...0x39).contains($0) } && text[5] == 0x20
        let isAndroid = text[1] == UInt8(ascii: "/") && isLetter(text[2])
        guard isGlog || isAndroid else { return nil }
        switch text[0] {
        case UInt8(ascii: "V"): return .trace
        case UInt8(ascii: "D"): return .debug
        case UInt8(ascii: "I"): return .info
        case UInt8(ascii: "W"): return .warning
        case UInt8(ascii: "E"): return .error
        case UInt8(ascii: "F"): return .fatal
        default: return nil
        }
    }

    private static func named(_ bytes: UnsafeRawBufferPointer) -> LineLevel? {
        guard (3...11).contains(bytes.count) else { return nil }
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "trace", "verbose", "finest", "silly": return .trace
        case "debug", "dbg", "fine": return .debug
        case "info", "inf", "information", "notice": return .info
        case "warn", "warning", "wrn": return .warning
        case "error", "err", "eror", "failure", "severe": return .error
        case "fatal", "ftl", "crit", "critical", "panic", "alert", "emerg", "emergency": return .fatal
        default: return nil
        }
    }

    private static func numbered(_ bytes: UnsafeRawBufferPointer) -> LineLevel? {
        switch Int(String(decoding: bytes, as: UTF8.self)) {
        case 10?: .trace
        case 20?: .debug
        case 30?: .info
        case 40?: .warning
        case 50?: .error
        case 60?: .fatal
        default: nil
        }
    }

    // MARK: colours

    /// Red says error, yellow says warning, where a line begins with it.
    private static func ofColour(_ bytes: UnsafeRawBufferPointer) -> LineLevel? {
        var at = 0
        while at + 1 < bytes.count, bytes[at] == 0x1B, bytes[at + 1] == UInt8(ascii: "[") {
            let start = at + 2
            at = start
            while at < bytes.count, bytes[at] == UInt8(ascii: ";") || (0x30...0x39).contains(bytes[at]) { at += 1 }
            guard at < bytes.count, bytes[at] == UInt8(ascii: "m") else { return nil }
            let codes = String(decoding: bytes[start..<at], as: UTF8.self).split(separator: ";")
            // A colour of a palette has its numbers behind.
            if codes.first == "38" || codes.first == "48" { return nil }
            if codes.contains("31") || codes.contains("91") { return .error }
            if codes.contains("33") || codes.contains("93") { return .warning }
            at += 1
        }
        return nil
    }

    // MARK: bytes

    private static func find(_ text: String, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var text = text
        return text.withUTF8 { needle in
            guard let base = bytes.baseAddress, let wanted = needle.baseAddress else { return nil }
            var at = start
            while at + needle.count <= bytes.count,
                let found = memchr(base + at, Int32(wanted[0]), bytes.count - needle.count - at + 1)
            {
                at = base.distance(to: UnsafeRawPointer(found))
                if memcmp(base + at, wanted, needle.count) == 0 { return at }
                at += 1
            }
            return nil
        }
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> UnsafeRawBufferPointer {
        var end = min(start, bytes.count)
        while end < bytes.count, isLetter(bytes[end]) || (0x30...0x39).contains(bytes[end]) { end += 1 }
        return UnsafeRawBufferPointer(rebasing: bytes[min(start, bytes.count)..<end])
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }

    /// A part of a longer name.
    private static func isInner(_ byte: UInt8) -> Bool {
        isLetter(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "/") || byte >= 0x80
    }

    /// `error TS2322`, `ERR!` and the like have nothing inner behind them; `E0308` stands in brackets.
    private static func isCode(_ text: UnsafeRawBufferPointer, _ at: Int) -> Bool {
        at + 1 == text.count && text[at] == UInt8(ascii: ".")
    }
}
