import Testing

@testable import Transport

@Suite struct LineSplitterTests {
    private func pieces(_ chunks: [String], limit: Int = 100) -> [String] {
        var splitter = LineSplitter(limit: limit)
        var result: [String] = []
        for chunk in chunks {
            Array(chunk.utf8).withUnsafeBytes { bytes in
                splitter.feed(bytes) { piece in
                    switch piece {
                    case .line(let line): result.append(String(decoding: line, as: UTF8.self))
                    case .tooLong: result.append("<too long>")
                    }
                }
            }
        }
        return result
    }

    @Test func cutsAnywhere() {
        let text = "one\ntwo\r\n\nthree\nfour"
        for cut in 0...text.utf8.count {
            let bytes = Array(text.utf8)
            let parts = [String(decoding: bytes[..<cut], as: UTF8.self), String(decoding: bytes[cut...], as: UTF8.self)]
            #expect(pieces(parts) == ["one", "two", "three"])
        }
    }

    @Test func aLineOfTheLimitPassesAndALongerOneIsSkippedWhole() {
        #expect(pieces(["12345\n123456\nok\n"], limit: 5) == ["12345", "<too long>", "ok"])
        #expect(pieces(["123", "456", "789", "\nok\n"], limit: 5) == ["<too long>", "ok"])
        #expect(pieces(["12345", "6\nok\n"], limit: 5) == ["<too long>", "ok"])
    }
}
