internal import AmbitPlugin
private import CPCRE2

/// A regular expression of a user's: PCRE2, bounded in what one line may cost.
///
/// Compiled code is read only, and may be used by any thread (pcre2api, "Multithreading").
final class LinePattern: @unchecked Sendable {  // No lock: nothing changes after init.
    private let code: OpaquePointer

    /// Backtracks for one line.
    private static let matchLimit: UInt32 = 100_000
    /// Memory for backtracking, in KiB.
    private static let heapLimit: UInt32 = 4096
    private static let longest = 4096

    init(_ pattern: String, ignoringCase: Bool) throws(ToolError) {
        guard pattern.utf8.count <= Self.longest else { throw ToolError("\"regex\" is longer than \(Self.longest) bytes.") }
        var error: Int32 = 0
        var offset = 0
        var options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C
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
    }

    deinit { pcre2_code_free_8(code) }

    enum Outcome: Equatable { case found, missing, tooCostly }

    /// What a search needs for itself; one thread's.
    final class Search {
        private let pattern: LinePattern
        private let data: OpaquePointer?
        private let context: OpaquePointer?

        init(_ pattern: LinePattern) {
            self.pattern = pattern
            data = pcre2_match_data_create_8(1, nil)
            context = pcre2_match_context_create_8(nil)
            pcre2_set_match_limit_8(context, LinePattern.matchLimit)
            pcre2_set_heap_limit_8(context, LinePattern.heapLimit)
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
            switch pcre2_match_8(pattern.code, base, line.count, 0, PCRE2_NO_UTF_CHECK, data, context) {
            case 0...: return .found
            case PCRE2_ERROR_NOMATCH: return .missing
            default: return .tooCostly
            }
        }
    }
}
