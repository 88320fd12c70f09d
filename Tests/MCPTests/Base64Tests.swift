import JSON
import Testing

@testable import MCP

struct Base64Tests {
    @Test func `what the writer encodes is decoded`() {
        for count in 0..<67 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
            var writer = JSONWriter()
            writer.base64(bytes)
            #expect(Base64.decoded(Array(writer.bytes.dropFirst().dropLast())) == bytes)
        }
    }

    @Test(arguments: [
        "A", "AA", "AAA", "AA=", "A===", "====", "=AAA", "AA=A", "AB==", "AAB=", "AA-_", "AA A", "AAAA\n", "AAA=AAAA",
    ])
    func `nothing is forgiven`(text: String) {
        #expect(Base64.decoded(Array(text.utf8)) == nil)
    }

    @Test func `half a sentinel is a literal`() {
        for text in ["=?base64?AAAA", "AAAA?=", "=?base64?=", "=?Base64?AAAA?=", "plain"] {
            #expect(HeaderValue.decoded(text) == text)
        }
        #expect(HeaderValue.decoded("=?base64?IHg=?=") == " x")
        #expect(HeaderValue.decoded("a\u{7}") == nil)
    }
}
