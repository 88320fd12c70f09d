import Testing

@testable import REPL

struct MarkScannerTests {
    private static func scan(_ chunks: [String]) -> (output: String, marks: [String]) {
        var scanner = MarkScanner()
        var output: [UInt8] = []
        var marks: [String] = []
        for chunk in chunks {
            for part in scanner.scan(Array(chunk.utf8)) {
                switch part {
                case .output(let bytes): output += bytes
                case .mark(let id): marks.append("\(id)@\(output.count)")
                }
            }
        }
        output += scanner.finish()
        return (String(decoding: output, as: UTF8.self), marks)
    }

    @Test func marksAreFoundWhereverTheyAreCut() {
        let text = "one\n\0ambit-end a1\0two\0\0ambit-end b2\0"
        for cut in 0...text.utf8.count {
            let bytes = Array(text.utf8)
            let found = Self.scan([String(decoding: bytes[..<cut], as: UTF8.self), String(decoding: bytes[cut...], as: UTF8.self)])
            #expect(found.output == "one\ntwo\0" && found.marks == ["a1@4", "b2@8"], "cut at \(cut)")
        }
        #expect(Self.scan(text.map(String.init)) == Self.scan([text]))
    }

    @Test(arguments: ["\0", "\0\0\0", "\0ambit", "\0ambit-end ", "\0ambit-end x", "a\0b", "\0ambit-eNd x\0"])
    func whatIsNoMarkPasses(text: String) {
        #expect(Self.scan([text]) == (text, []))
        #expect(Self.scan(text.map(String.init)) == (text, []))
    }

    @Test func aMarkWithoutAnEndIsNotWaitedForForEver() {
        var scanner = MarkScanner()
        let text = "\0ambit-end " + String(repeating: "x", count: 100)
        let parts = scanner.scan(Array(text.utf8))
        let rest = scanner.finish()
        #expect(parts == [.output(Array(text.utf8))] && rest.isEmpty)
    }
}
