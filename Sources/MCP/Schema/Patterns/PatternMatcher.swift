internal import CPCRE2

/// What PCRE2 needs besides the pattern, for one thread: made once for a check, reused by each of its searches.
final class PatternMatcher {
    private let data: OpaquePointer
    private let context: OpaquePointer

    /// The bounds on backtracks that a search is tried with, one after the other.
    private static let tiers: [UInt32] = [32, 256, 2048, 16_384, 131_072, 1_048_576]
    /// A text up to this length is searched in one go; beyond, the starts are tried in lots of ``lot``.
    private static let short = 512
    private static let lot = 64
    /// Memory for backtracking, in KiB.
    private static let heap: UInt32 = 8192

    /// Nil when there is no memory.
    init?() {
        guard let data = pcre2_match_data_create_8(1, nil) else { return nil }
        guard let context = pcre2_match_context_create_8(nil) else {
            pcre2_match_data_free_8(data)
            return nil
        }
        self.data = data
        self.context = context
        pcre2_set_heap_limit_8(context, Self.heap)
    }

    deinit {
        pcre2_match_context_free_8(context)
        pcre2_match_data_free_8(data)
    }

    /// Searches a text for a pattern, and takes from `steps` in proportion to what the search may have cost.
    ///
    /// PCRE2 bounds the backtracks of one start but doesn't say how many there were. So a search is tried with a low bound
    /// first, and when that is crossed with the next, which is paid for by what the one before is known to have cost.
    /// Where a search is quadratic in the text, its starts are tried in lots, each paid by itself.
    func search(_ text: UnsafeBufferPointer<UInt8>, for pattern: Pattern, steps: inout Int, limit: Int) -> PatternMatch {
        let count = text.count
        steps -= 1 + count / 8
        let lot = pattern.isQuadratic && count > Self.short ? Self.lot : count + 1
        var start = 0
        repeat {
            var end = min(start + lot - 1, count)
            // Behind the last start there must be a whole character.
            while end < count, end + 1 < count, text[end + 1] & 0xC0 == 0x80 { end += 1 }
            if pattern.isQuadratic { steps -= (end - start + 1) * (count - start) / 256 }
            guard steps >= 0 else { return .tooCostly }
            switch search(text, for: pattern, from: start, to: end, steps: &steps, limit: limit) {
            case .missing: start = end + 1
            case let other: return other
            }
        } while start <= count
        return .missing
    }

    /// Tries the starts from `start` to `end`.
    private func search(
        _ text: UnsafeBufferPointer<UInt8>, for pattern: Pattern, from start: Int, to end: Int, steps: inout Int, limit: Int
    ) -> PatternMatch {
        // An empty array may have no address.
        let empty: StaticString = ""
        let base = text.baseAddress ?? empty.utf8Start
        pcre2_set_offset_limit_8(context, end)
        var options = PCRE2_NO_UTF_CHECK
        var tier = 0
        while true {
            pcre2_set_match_limit_8(context, Self.tiers[tier])
            let result = pcre2_match_8(pattern.code, base, text.count, start, options, data, context)
            if result >= 0 { return .found }
            switch result {
            case PCRE2_ERROR_NOMATCH: return .missing
            case PCRE2_ERROR_JIT_STACKLIMIT where options & PCRE2_NO_JIT == 0: options |= PCRE2_NO_JIT
            case PCRE2_ERROR_MATCHLIMIT:
                steps -= Int(Self.tiers[tier]) * (1 + text.count / 256)
                tier += 1
                guard steps >= 0, tier < Self.tiers.count, Int(Self.tiers[tier]) <= limit * 2 else { return .tooCostly }
            default: return .tooCostly
            }
        }
    }
}
