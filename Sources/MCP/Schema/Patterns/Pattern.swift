internal import CPCRE2

/// A compiled regular expression. Owns PCRE2's code, which is freed with it and never changes once it is made.
final class Pattern: @unchecked Sendable {  // immutable after init; PCRE2's code may be used by any number of threads
    let code: OpaquePointer
    /// Whether a match can only begin where the text begins.
    let isAnchored: Bool
    /// Whether a search may cost the square of the text's length.
    let isQuadratic: Bool

    /// Bytes of a pattern.
    private static let maxLength = 16_384
    /// Bytes of compiled code up to which machine code is made of it: that may need ten times as many.
    private static let maxSizeForMachineCode = 4096

    /// - Parameter source: a regular expression of ECMA-262 in UTF-8.
    init(_ source: [UInt8]) throws(PatternError) {
        guard source.count <= Self.maxLength else {
            throw PatternError(offset: Self.maxLength, what: "it is longer than \(Self.maxLength) bytes")
        }
        let pattern = try ECMAPattern(source)
        let options =
            PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS
            | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT
        var error: Int32 = 0
        var offset = 0
        let compiled = pattern.translated.withUnsafeBufferPointer { text in
            pcre2_compile_8(text.baseAddress, text.count, options, &error, &offset, nil)
        }
        guard let compiled else { throw Self.error(error, offset) }
        code = compiled
        var all: UInt32 = 0
        pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_ALLOPTIONS), &all)
        isAnchored = all & PCRE2_ANCHORED != 0
        isQuadratic = pattern.repeatsWithoutEnd && !isAnchored
        var size = 0
        pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_SIZE), &size)
        // Where memory can't be made executable, the interpreter does it.
        if size <= Self.maxSizeForMachineCode { pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE) }
    }

    deinit { pcre2_code_free_8(code) }

    private static func error(_ error: Int32, _ offset: Int) -> PatternError {
        let text = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
            let length = pcre2_get_error_message_8(error, buffer.baseAddress, buffer.count)
            return String(decoding: buffer[..<Int(max(length, 0))], as: UTF8.self)
        }
        return PatternError(offset: offset, what: text, isBeyondEngine: error == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH)
    }
}
