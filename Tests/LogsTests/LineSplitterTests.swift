import Testing

@testable import Logs

@Suite struct LineSplitterTests {
    static func lines(_ chunks: [[UInt8]], limit: Int = LineSplitter.standardLimit) -> [String] {
        var splitter = LineSplitter(limit: limit)
        var lines: [String] = []
        func take(_ batch: LineBatch) {
            var start = 0
            for end in batch.ends.map(Int.init) {
                lines.append(batch.bytes[start..<end].withUnsafeBytes { String(decoding: LineCleaner.stripped($0), as: UTF8.self) })
                start = end
            }
            #expect(start == batch.bytes.count, "bytes without a line")
        }
        for chunk in chunks {
            var batch = LineBatch()
            splitter.split(chunk, into: &batch)
            take(batch)
        }
        var batch = LineBatch()
        splitter.finish(into: &batch)
        take(batch)
        return lines
    }

    static func lines(_ text: String, limit: Int = LineSplitter.standardLimit) -> [String] { lines([Array(text.utf8)], limit: limit) }

    @Test(
        arguments: [
            ("", []),
            ("\n", [""]),
            ("a", ["a"]),
            ("a\n", ["a"]),
            ("a\nb", ["a", "b"]),
            ("\n\na\n\n", ["", "", "a", ""]),
            ("a\r\nb\r\n", ["a", "b"]),
            ("a\r", ["a"]),
            ("10%\r20%\r\n", ["20%"]), ("10%\r20%", ["20%"]), ("\r10%\rok\nx", ["ok", "x"]), ("\r\r\n", [""]),
            ("a\r\r\n", ["a"]),
            ("tab\there\n", ["tab\there"]),
            ("grüße 👋🏽\nnext\n", ["grüße 👋🏽", "next"]),
        ] as [(String, [String])])
    func splitsAtLineBreaksAndAtTheEnd(text: String, expected: [String]) {
        #expect(Self.lines(text) == expected)
    }

    @Test func cutsOfChunksMakeNoDifference() {
        let text = "one\r\n1%\r22%\r333%\r\nzwölf \u{1B}[31mrot\u{1B}[0m\n\nüber 👋🏽 …\n\u{1B}]0;title\u{07}end"
        let bytes = Array(text.utf8)
        let expected = Self.lines(text)
        #expect(expected == ["one", "333%", "zwölf rot", "", "über 👋🏽 …", "end"])
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let chunks = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
                #expect(Self.lines(chunks) == expected, "cut at \(first) and \(second)")
            }
        }
    }

    @Test(arguments: [
        ("\u{1B}[1;31mred\u{1B}[0m", "red"),
        ("\u{1B}[?25lhidden\u{1B}[?25h", "hidden"),
        ("\u{1B}[38;2;1;2;3mtrue colour\u{1B}[m", "true colour"),
        ("\u{1B}[2K\u{1B}[1Gline", "line"),
        ("\u{1B}]8;;https://example.org\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"),
        ("\u{1B}]0;title\u{07}text", "text"),
        ("\u{1B}(Bcharset", "charset"),
        ("\u{1B}7saved\u{1B}8", "saved"),
        ("cut short\u{1B}[3", "cut short"),
        ("cut short\u{1B}", "cut short"),
        ("unterminated\u{1B}]0;title", "unterminated"),
        ("\u{1B}[3\u{1B}[1mnested", "nested"),
        ("a[31mb", "a[31mb"),
    ])
    func stripsControlSequences(line: String, expected: String) {
        #expect(Self.lines(line + "\n") == [expected])
    }

    /// A progress bar of any length is one line, however it comes, and nothing of it counts as cut.
    @Test func whatIsWrittenOverIsForgotten() {
        let steps = (0...1000).map { Array("step \($0)\r".utf8) }
        #expect(Self.lines(steps + [Array("done\n".utf8)], limit: 16) == ["done"])
        #expect(Self.lines(steps, limit: 16) == ["step 1000"])
        #expect(Self.lines("\(String(repeating: "x", count: 100))\rshort\n", limit: 16) == ["short"])
    }

    @Test func replacesInvalidUTF8Visibly() {
        #expect(Self.lines([[0x61, 0xFF, 0x62, 0x0A]]) == ["a\u{FFFD}b"])
        #expect(Self.lines([[0xE2, 0x82, 0x0A, 0x62]]) == ["\u{FFFD}", "b"])
        #expect(Self.lines([[0xED, 0xA0, 0x80, 0x0A]])[0].contains("\u{FFFD}"), "a surrogate is no character")
        #expect(Self.lines([[0x61, 0x00, 0x62, 0x0A]]) == ["a\0b"])
    }

    @Test func cutsLongLinesAndSaysByHowMuch() {
        #expect(Self.lines("12345678\n", limit: 8) == ["12345678"])
        #expect(Self.lines("12345678\r\n", limit: 8) == ["12345678"], "the carriage return belongs to the line break")
        #expect(Self.lines("123456789\nx\n", limit: 8) == ["12345678 … [1 bytes cut]", "x"])
        #expect(Self.lines("123456789\r\nx\n", limit: 8) == ["12345678 … [1 bytes cut]", "x"])
        #expect(Self.lines("1234567890", limit: 8) == ["12345678 … [2 bytes cut]"])
        let chunks = Array(repeating: Array("abcd".utf8), count: 1000) + [[0x0A, 0x7A]]
        #expect(Self.lines(chunks, limit: 6) == ["abcdab … [3994 bytes cut]", "z"])
    }

    @Test func neverCutsThroughACharacter() {
        for limit in 5...12 {
            let line = Self.lines("abcde👋🏽ü€x\n", limit: limit)[0]
            #expect(!line.contains("\u{FFFD}"), "limit \(limit): \(line)")
        }
        #expect(Self.lines("abcdeü!\n", limit: 6) == ["abcde … [3 bytes cut]"])
        #expect(Self.lines("abcd€\n", limit: 7) == ["abcd€"])
    }

    @Test func holdsNoMoreThanTheLimitOfAnEndlessLine() {
        var splitter = LineSplitter(limit: 16)
        var batch = LineBatch()
        for _ in 0..<10_000 { splitter.split(Array(repeating: 0x78, count: 100), into: &batch) }
        #expect(batch.isEmpty)
        splitter.finish(into: &batch)
        #expect(String(decoding: batch.bytes, as: UTF8.self) == String(repeating: "x", count: 16) + " … [999984 bytes cut]")
    }

    @Test(
        arguments: [
            ([0x61], 1), ([], 0), ([0xC3], 0), ([0xC3, 0xBC], 2), ([0x61, 0xE2, 0x82], 1), ([0xE2, 0x82, 0xAC], 3),
            ([0xF0, 0x9F, 0x91], 0), ([0xF0, 0x9F, 0x91, 0x8B], 4), ([0x61, 0xF0], 1), ([0x80, 0x80, 0x80, 0x80], 4), ([0x61, 0x80], 2),
        ] as [([UInt8], Int)])
    func findsTheEndOfTheLastWholeCharacter(bytes: [UInt8], expected: Int) {
        #expect(LineCleaner.wholeCharacters(bytes) == expected)
    }
}
