private import Glibc

/// Finds in one stream of output the marks that a driver writes behind each evaluation: `\0ambit-end ID\0`. What is none passes as it is.
struct MarkScanner: Sendable {
    enum Part: Equatable, Sendable {
        case output([UInt8])
        case mark(String)
    }

    private static let beginning = Array("\0ambit-end ".utf8)
    private static let longestID = 64

    /// The beginning of what may become a mark.
    private var held: [UInt8] = []

    mutating func scan(_ chunk: [UInt8]) -> [Part] {
        let bytes = held.isEmpty ? chunk : held + chunk
        held = []
        var parts: [Part] = []
        var start = 0
        var index = 0
        while let zero = Self.zero(bytes, from: index) {
            switch Self.mark(bytes, at: zero) {
            case .none: index = zero + 1
            case .partial:
                if zero > start { parts.append(.output(Array(bytes[start..<zero]))) }
                held = Array(bytes[zero...])
                return parts
            case .whole(let id, let end):
                if zero > start { parts.append(.output(Array(bytes[start..<zero]))) }
                parts.append(.mark(id))
                start = end
                index = end
            }
        }
        if start < bytes.count { parts.append(.output(start == 0 ? bytes : Array(bytes[start...]))) }
        return parts
    }

    /// What was held back when the stream has ended.
    mutating func finish() -> [UInt8] {
        defer { held = [] }
        return held
    }

    private enum Found {
        case none
        case partial
        case whole(id: String, end: Int)
    }

    private static func mark(_ bytes: [UInt8], at start: Int) -> Found {
        let available = min(beginning.count, bytes.count - start)
        guard bytes[start..<start + available].elementsEqual(beginning[..<available]) else { return .none }
        let id = start + beginning.count
        guard available == beginning.count else { return .partial }
        guard let end = zero(bytes, from: id), end - id <= longestID else {
            return bytes.count - id <= longestID ? .partial : .none
        }
        return .whole(id: String(decoding: bytes[id..<end], as: UTF8.self), end: end + 1)
    }

    private static func zero(_ bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard start < bytes.count, let base = bytes.baseAddress else { return nil }
            return memchr(base + start, 0, bytes.count - start).map { base.distance(to: UnsafeRawPointer($0)) }
        }
    }
}
