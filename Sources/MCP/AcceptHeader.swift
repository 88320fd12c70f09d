/// What a client accepts: a list with wildcards and qualities, in any order and letter case (RFC 9110, 12.5.1).
package struct AcceptHeader: Sendable {
    private let ranges: [(media: MediaType, quality: Double)]
    private let isAbsent: Bool

    /// - Parameter values: one element for each header line. None at all means that anything goes.
    package init(_ values: [String]) {
        isAbsent = values.isEmpty
        ranges = values.flatMap { HeaderList.split($0, by: UInt8(ascii: ",")) }.compactMap { text in
            MediaType(text).map { ($0, $0.parameters["q"].map { Double($0) ?? 0 } ?? 1) }
        }
    }

    /// Whether a response of this type may be sent: the most specific range that fits decides.
    package func allows(_ essence: String) -> Bool {
        guard !isAbsent, let wanted = MediaType(essence) else { return isAbsent }
        var best = -1
        var quality = 0.0
        for (range, itsQuality) in ranges {
            let specificity: Int
            switch (range.type, range.subtype) {
            case (wanted.type, wanted.subtype): specificity = 2
            case (wanted.type, "*"): specificity = 1
            case ("*", "*"): specificity = 0
            default: continue
            }
            if specificity > best { (best, quality) = (specificity, itsQuality) }
        }
        return quality > 0
    }

    /// Whether both forms of an answer to a POST may be sent, as a client of MCP must allow.
    package var allowsMCP: Bool { allows("application/json") && allows("text/event-stream") }
}
