import Testing

@testable import Logs

@Suite struct LineFilterTests {
    private func found(_ filter: LineFilter, _ lines: [String], stream: OutputStream = .stdout, time: Int64 = 0) -> [Int] {
        var ring = LineRing(limit: 1 << 20)
        ring.append(LineBatch(lines), time: time, stream: stream)
        return LineQuery(filter: filter).page(of: ring).lines.map(\.cursor)
    }

    @Test func regularExpressionsAreWholeOnes() throws {
        let lines = ["GET /a 200", "GET /b 404", "POST /a 500", "grüße 42"]
        func cursors(_ pattern: String) throws -> [Int] {
            found(LineFilter(pattern: try LinePattern(pattern, ignoringCase: false)), lines)
        }
        #expect(try cursors(#"(?<= )[45]\d\d$"#) == [2, 3])
        #expect(try cursors(#"^(GET|POST) /a\b"#) == [1, 3])
        #expect(try cursors(#"get"#) == [])
        #expect(try cursors(#"(?i)get"#) == [1, 2])
        #expect(try cursors(#"\p{Ll}ü\w+ \d"#) == [4])
    }

    @Test func whatIsNoPatternIsToldWithItsPlace() {
        #expect {
            _ = try LinePattern("a(b", ignoringCase: false)
        } throws: { error in
            "\(error)".contains("missing closing parenthesis") && "\(error)".contains("at byte 3")
        }
        #expect(throws: (any Error).self) { _ = try LinePattern(String(repeating: "a", count: 5000), ignoringCase: false) }
    }

    @Test func aSearchThatCostsTooMuchIsCountedAndCannotHideALine() throws {
        let filter = LineFilter(pattern: try LinePattern("^(a+)+$", ignoringCase: false))
        var ring = LineRing(limit: 1 << 20)
        ring.append(LineBatch(String(repeating: "a", count: 40) + "!", "b", "aaa"), time: 0, stream: .stdout)
        let page = LineQuery(filter: filter).page(of: ring)
        #expect(page.lines.map(\.cursor) == [1, 3] && page.tooCostly == 1)
        #expect(page.account?.contains("costs too much") == true)
        var inverted = filter
        inverted.inverted = true
        #expect(LineQuery(filter: inverted).page(of: ring).lines.map(\.cursor) == [1, 2])
    }

    /// PCRE2 bounds what one beginning costs; a line has sixteen thousand of them.
    @Test func aLongLineHasABoundOfItsOwn() throws {
        let text = String(repeating: "a1", count: 8000)
        let filter = LineFilter(pattern: try LinePattern(#"(?:\w+\d)+[^\w]"#))
        var ring = LineRing(limit: 1 << 20)
        ring.append(LineBatch(text, text + "b", "b"), time: 0, stream: .stdout)
        let page = LineQuery(filter: filter).page(of: ring)
        #expect(page.tooCostly == 2 && page.lines.map(\.cursor) == [1, 2])
        #expect(throws: (any Error).self) { _ = try LinePattern(#"(*NO_JIT)a"#) }
    }

    @Test func allThatIsAskedMustHold() {
        let lines = ["INFO a", "ERROR a", "ERROR b", "plain a", "\u{1B}[31mcolou\u{1B}[0mred a"]
        #expect(found(LineFilter(text: TextFilter("a"), level: .warning), lines) == [2, 5])
        #expect(found(LineFilter(text: TextFilter("a"), inverted: true), lines) == [3])
        #expect(found(LineFilter(text: TextFilter("coloured")), lines) == [5])
        #expect(found(LineFilter(stream: .stderr), lines) == [])
        #expect(found(LineFilter(stream: .stderr), lines, stream: .stderr) == [1, 2, 3, 4, 5])
        #expect(found(LineFilter(since: 5, until: 6), lines, time: 5).count == 5)
        #expect(found(LineFilter(since: 6), lines, time: 5) == [] && found(LineFilter(until: 5), lines, time: 5) == [])
    }

    @Test func controlSequencesAreKeptForWhoAsks() {
        var ring = LineRing(limit: 1 << 20)
        ring.append(LineBatch("\u{1B}[1mbold\u{1B}[0m"), time: 0, stream: .stdout)
        #expect(LineQuery().page(of: ring).lines.map(\.text) == ["bold"])
        #expect(LineQuery(keepsSequences: true).page(of: ring).lines.map(\.text) == ["\u{1B}[1mbold\u{1B}[0m"])
    }

    @Test(
        arguments: [
            ("90s", 910), ("1m", 940), ("0.5s", 999), ("1970-01-01T00:00:10Z", 10), ("1970-01-01 00:01", 60), ("1970-01-02", 86400),
            ("1970-01-01T01:00:00.5+01:00", 0), ("1969-12-31T23:00:00-01:00", 0), ("2000-02-29T00:00:00Z", 951_782_400),
        ] as [(String, Int64)])
    func timesAreReadAsPeopleGiveThem(text: String, seconds: Int64) throws {
        let now: Int64 = 1000 * 1_000_000_000
        #expect(try TimeArgument.parse(text, "since", now: now) / 1_000_000_000 == seconds)
    }

    @Test(arguments: [
        "", "yesterday", "10", "-5m", "2026-13-01", "2026-11-30T25:00:00Z", "2026-11-30T12", "1e9d", "2026-11-30T12:00:00+1:00",
    ])
    func whatIsNoTimeIsToldSo(text: String) {
        #expect(throws: (any Error).self) { try TimeArgument.parse(text, "since", now: 0) }
    }

    @Test func datesGoBothWays() {
        for days in stride(from: Int64(-100_000), through: 100_000, by: 37) {
            let text = Timestamp.text(days * 86400 * 1_000_000_000)
            let parts = text.split(separator: "T")[0].split(separator: "-").compactMap { Int64($0) }
            guard parts.count == 3 else { continue }
            #expect(Timestamp.days(year: parts[0], month: parts[1], day: parts[2]) == days)
        }
    }
}
