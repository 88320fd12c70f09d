internal import AmbitPlugin
private import CPCRE2

/// A regular expression of a user's: PCRE2, bounded in what one line may cost.
///
/// Compiled code is read only, and may be used by any thread (pcre2api, "Multithreading").
final class LinePattern: @unchecked Sendable {  // No lock: nothing changes after init.
    private let code: OpaquePointer
    private let groups: [(name: String, number: Int)]

    /// Backtracks for one place in a line where it may begin.
    private static let matchLimit: UInt32 = 20_000
    /// Places that are tried between two looks at the clock.
    private static let lot = 64
    private static let longestCaptured = 2048
    /// What one line may cost.
    private static let timePerLine = Duration.milliseconds(50)
    /// Memory for backtracking, in KiB.
    private static let heapLimit: UInt32 = 4096
    private static let longest = 4096

    /// - Parameter isOwn: one of a rule, which may be long and name a group twice.
    init(_ pattern: String, ignoringCase: Bool = false, isOwn: Bool = false) throws(ToolError) {
        guard pattern.utf8.count <= Self.longest || isOwn else { throw ToolError("\"regex\" is longer than \(Self.longest) bytes.") }
        // They switch off what bounds the search.
        guard !pattern.hasPrefix("(*") else {
            throw ToolError("\"regex\" begins with (*: verbs like (*NO_JIT) are not supported here.")
        }
        var error: Int32 = 0
        var offset = 0
        var options = PCRE2_UTF | PCRE2_USE_OFFSET_LIMIT | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C
        if isOwn { options |= PCRE2_DUPNAMES }
        if ignoringCase { options |= PCRE2_CASELESS }
        let utf8 = Array(pattern.utf8)
        guard let code = utf8.withUnsafeBufferPointer({ pcre2_compile_8($0.baseAddress, $0.count, options, &error, &offset, nil) }) else {
            var message = [UInt8](repeating: 0, count: 256)
            let length = pcre2_get_error_message_8(error, &message, message.count)
            let text = String(decoding: message.prefix(Int(max(length, 0))), as: UTF8.self)
            throw ToolError("\"regex\" is no regular expression (PCRE2): \(text), at byte \(offset) of \(JSON.string(pattern).text).")
        }
        pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
        self.code = code
        groups = Self.groups(code)
    }

    deinit { pcre2_code_free_8(code) }

    /// What its named groups have caught in a text; nil where it is not found.
    func captures(in text: String) -> [String: String]? {
        guard let data = pcre2_match_data_create_from_pattern_8(code, nil) else { return nil }
        defer { pcre2_match_data_free_8(data) }
        guard let context = Self.context() else { return nil }
        defer { pcre2_match_context_free_8(context) }
        // What is said stands at the beginning.
        var text = text.utf8.count > Self.longestCaptured ? String(text.unicodeScalars.prefix(Self.longestCaptured)) : text
        return text.withUTF8 { bytes in
            let empty: StaticString = ""
            let count = pcre2_match_8(code, bytes.baseAddress ?? empty.utf8Start, bytes.count, 0, PCRE2_NO_UTF_CHECK, data, context)
            guard count >= 0, let offsets = pcre2_get_ovector_pointer_8(data) else { return nil }
            var captures: [String: String] = [:]
            for (name, number) in groups where number < Int(count) {
                let (start, end) = (offsets[2 * number], offsets[2 * number + 1])
                // PCRE2_UNSET (-1), and a group that looks behind its start.
                guard start >= 0, start <= end, end <= bytes.count, captures[name]?.isEmpty != false else { continue }
                captures[name] = String(decoding: bytes[start..<end], as: UTF8.self)
            }
            return captures
        }
    }

    fileprivate static func context() -> OpaquePointer? {
        guard let context = pcre2_match_context_create_8(nil) else { return nil }
        pcre2_set_match_limit_8(context, matchLimit)
        pcre2_set_heap_limit_8(context, heapLimit)
        return context
    }

    /// Of its table: two bytes of number, and the name with a zero byte.
    private static func groups(_ code: OpaquePointer) -> [(name: String, number: Int)] {
        var count: UInt32 = 0
        var size: UInt32 = 0
        var table: UnsafePointer<UInt8>?
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMECOUNT), &count)
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &size)
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table)
        guard let table else { return [] }
        return (0..<Int(count)).map { index in
            let entry = table + index * Int(size)
            return (String(cString: entry + 2), Int(entry[0]) << 8 | Int(entry[1]))
        }
    }

    enum Outcome: Equatable { case found, missing, tooCostly }

    /// What a search needs for itself; one thread's.
    final class Search {
        private let pattern: LinePattern
        private let data: OpaquePointer?
        private let context: OpaquePointer?

        init(_ pattern: LinePattern) {
            self.pattern = pattern
            data = pcre2_match_data_create_8(1, nil)
            context = LinePattern.context()
        }

        deinit {
            pcre2_match_context_free_8(context)
            pcre2_match_data_free_8(data)
        }

        /// Whether it is found in a line, which is valid UTF-8.
        func outcome(in line: UnsafeRawBufferPointer) -> Outcome {
            // An empty line may have no address.
            let empty: StaticString = ""
            let base = line.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? empty.utf8Start
            // PCRE2 bounds what each beginning costs, not what all of them do.
            let deadline = line.count > LinePattern.lot ? ContinuousClock.now + LinePattern.timePerLine : nil
            var start = 0
            repeat {
                var end = min(start + LinePattern.lot - 1, line.count)
                // Behind the last beginning there must be a whole character.
                while end < line.count, end + 1 < line.count, line[end + 1] & 0xC0 == 0x80 { end += 1 }
                pcre2_set_offset_limit_8(context, end)
                switch pcre2_match_8(pattern.code, base, line.count, start, PCRE2_NO_UTF_CHECK, data, context) {
                case 0...: return .found
                case PCRE2_ERROR_NOMATCH: start = end + 1
                default: return .tooCostly
                }
                if let deadline, start <= line.count, ContinuousClock.now > deadline { return .tooCostly }
            } while start <= line.count
            return .missing
        }
    }
}
