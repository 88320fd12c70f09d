import JSON

/// W3C trace context from `_meta` (DIGEST 1.15). Never to be trusted for authorization.
package struct TraceContext: Sendable, Equatable {
    package let traceparent: String
    package let tracestate: String?
    package let baggage: String?

    /// Nil without a well-formed `traceparent`; what is malformed or too long is ignored.
    init?(_ meta: JSONValue?) {
        guard let parent = meta?[MetaKey.traceparent]?.string, Self.isTraceparent(parent) else { return nil }
        traceparent = parent
        tracestate = Self.text(meta?[MetaKey.tracestate], atMost: 512)
        baggage = Self.text(meta?[MetaKey.baggage], atMost: 8192)
    }

    private static func text(_ value: JSONValue?, atMost limit: Int) -> String? {
        guard let text = value?.string, text.utf8.count <= limit else { return nil }
        return text.utf8.allSatisfy { 0x20...0x7E ~= $0 } ? text : nil
    }

    /// `version-traceid-parentid-flags` in lower-case hex; neither id may be all zeros, and version ff is invalid.
    private static func isTraceparent(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 4, parts.map(\.count) == [2, 32, 16, 2] else { return false }
        let isHex = parts.allSatisfy { part in
            part.allSatisfy {
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
            }
        }
        let zero = UInt8(ascii: "0")
        return isHex && !parts[0].elementsEqual("ff".utf8) && parts[1].contains { $0 != zero }
            && parts[2].contains { $0 != zero }
    }
}
