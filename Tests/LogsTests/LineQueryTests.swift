import Testing

@testable import Logs

@Suite struct LineQueryTests {
    private static func ring(_ lines: [String]) -> LineRing {
        var ring = LineRing(limit: 1 << 20)
        ring.append(LineBatch(lines), time: 0, stream: .stdout)
        return ring
    }

    private let ten = ring((1...10).map { "line \($0)" })

    @Test func pagesAddUpToEverything() {
        for limit in 1...11 {
            var cursor = 0
            var lines: [String] = []
            var pages = 0
            while true {
                let page = LineQuery(after: cursor, limit: limit).page(of: ten)
                lines += page.lines.map(\.text)
                cursor = page.cursor
                pages += 1
                if !page.more { break }
            }
            #expect(lines == ten.texts())
            #expect(pages == (10 + limit - 1) / limit, "no empty last page")
            #expect(cursor == 10)
        }
    }

    @Test func aFilteredPageGoesOnBehindWhatItLookedAt() {
        let filter = LineFilter(text: TextFilter("LINE 1"))
        var page = LineQuery(filter: filter, limit: 1).page(of: ten)
        #expect(page.lines.map(\.cursor) == [1] && page.more && page.cursor == 1)
        page = LineQuery(after: page.cursor, filter: filter, limit: 1).page(of: ten)
        #expect(page.lines.map(\.cursor) == [10] && !page.more && page.cursor == 10)
        page = LineQuery(after: 1, filter: LineFilter(text: TextFilter("nothing")), limit: 1).page(of: ten)
        #expect(page.lines.isEmpty && !page.more && page.cursor == 10)
    }

    @Test func bytesAreBoundedButOneLineAlwaysFits() {
        let ring = Self.ring(["12345", "1234567890", "1", "2"])
        var page = LineQuery(maxBytes: 5).page(of: ring)
        #expect(page.lines.map(\.text) == ["12345"] && page.more && page.cursor == 1)
        page = LineQuery(after: 1, maxBytes: 5).page(of: ring)
        #expect(page.lines.map(\.text) == ["1234567890"] && page.more && page.cursor == 2)
        page = LineQuery(after: 2, maxBytes: 5).page(of: ring)
        #expect(page.lines.map(\.text) == ["1", "2"] && !page.more)
    }

    @Test func tailGivesTheNewestAndCountsTheRest() {
        var page = LineQuery(limit: 3, tail: true).page(of: ten)
        #expect(page.lines.map(\.cursor) == [8, 9, 10] && page.omitted == 7 && page.cursor == 10 && !page.more)
        page = LineQuery(after: 8, limit: 3, tail: true).page(of: ten)
        #expect(page.lines.map(\.cursor) == [9, 10] && page.omitted == 0)
        page = LineQuery(after: 2, limit: 3, tail: true).page(of: ten)
        #expect(page.lines.map(\.cursor) == [8, 9, 10] && page.omitted == 5)
        page = LineQuery(filter: LineFilter(text: TextFilter("line")), limit: 3, tail: true).page(of: ten)
        #expect(page.lines.map(\.cursor) == [8, 9, 10] && page.omitted == 7)
        page = LineQuery(filter: LineFilter(text: TextFilter("1")), limit: 3, tail: true).page(of: ten)
        #expect(page.lines.map(\.cursor) == [1, 10] && page.omitted == 0)
        page = LineQuery(limit: 5, maxBytes: 13, tail: true).page(of: ten)
        #expect(page.lines.map(\.cursor) == [9, 10] && page.omitted == 8)
        page = LineQuery(limit: 5, maxBytes: 1, tail: true).page(of: ten)
        #expect(page.lines.map(\.cursor) == [10] && page.omitted == 9)
        page = LineQuery(limit: 5, tail: true).page(of: LineRing(limit: 100))
        #expect(page == LinePage(cursor: 0, dropped: 0))
    }

    @Test func tellsWhatWasDroppedBeforeItCouldBeRead() {
        var ring = LineRing(limit: 2 * LineRing.segmentBytes)
        let line = String(repeating: "x", count: 1000)
        for _ in 0..<1000 { ring.append(LineBatch(line), time: 0, stream: .stdout) }
        let gone = ring.droppedLines
        #expect(gone > 0)
        var page = LineQuery(limit: 1).page(of: ring)
        #expect(page.dropped == gone && page.lines.map(\.cursor) == [gone + 1])
        page = LineQuery(after: gone - 5, limit: 1).page(of: ring)
        #expect(page.dropped == 5)
        page = LineQuery(after: page.cursor, limit: 1000).page(of: ring)
        #expect(page.dropped == 0 && page.lines.first?.cursor == gone + 2)
        page = LineQuery(limit: 2, tail: true).page(of: ring)
        #expect(page.dropped == gone && page.omitted + page.lines.count + page.dropped == 1000)
    }

    @Test func contextStandsAroundWhatWasFoundAndNeverTwice() {
        let found = { (page: LinePage) in page.lines.map { $0.isContext ? -$0.cursor : $0.cursor } }
        let filter = LineFilter(pattern: try? LinePattern("[36]$", ignoringCase: false))
        var query = LineQuery(filter: filter, before: 1, behind: 1)
        #expect(found(query.page(of: ten)) == [-2, 3, -4, -5, 6, -7])
        query.tail = true
        #expect(found(query.page(of: ten)) == [-2, 3, -4, -5, 6, -7])
        query.before = 3
        query.behind = 3
        #expect(found(query.page(of: ten)) == [-1, -2, 3, -4, -5, 6, -7, -8, -9])
        query.tail = false
        #expect(found(query.page(of: ten)) == [-1, -2, 3, -4, -5, 6, -7, -8, -9])
        query.limit = 1
        let page = query.page(of: ten)
        #expect(found(page) == [-1, -2, 3, -4, -5] && page.more && page.remaining == 1 && page.cursor == 3)
        query.after = page.cursor
        #expect(found(query.page(of: ten)) == [-4, -5, 6, -7, -8, -9])
    }

    @Test func repeatsAreOneLineWithTheirNumber() {
        let ring = Self.ring(["GET /1 200", "GET /22 200", "POST /1 200", "GET /3 200", "GET /4 200", "GET /5 200"])
        var page = LineQuery(collapses: true).page(of: ring)
        #expect(
            page.lines.map(\.repeats) == [2, 1, 3] && page.lines.map(\.cursor) == [1, 3, 4] && page.lines.map(\.lastCursor) == [2, 3, 6])
        #expect(page.text.contains("GET /3 200  [3 times, to 6]"))
        // The rest of a group that was begun is no page of its own.
        page = LineQuery(limit: 1, collapses: true).page(of: ring)
        #expect(page.lines.map(\.repeats) == [2] && page.cursor == 2 && page.remaining == 4)
        page = LineQuery(limit: 2, tail: true, collapses: true).page(of: ring)
        #expect(page.lines.map(\.repeats) == [1, 3] && page.omitted == 2)
    }

    @Test func aSearchThatIsLateSaysHowFarItGot() {
        let ring = Self.ring((1...2000).map { "line \($0)" })
        var looks = 0
        let page = LineQuery(filter: LineFilter(text: TextFilter("line 1999")), limit: 1).page(of: ring) {
            looks += 1
            return looks == 3
        }
        #expect(page.lines.isEmpty && page.more && page.searchedTo == 767 && page.cursor == 767)
        #expect(page.account?.contains("searched to cursor 767") == true)
        let rest = LineQuery(after: page.cursor, filter: LineFilter(text: TextFilter("line 1999")), limit: 1).page(of: ring)
        #expect(rest.lines.map(\.cursor) == [1999])
    }

    @Test func longLinesAreLookedAtByTheClockSooner() {
        let ring = Self.ring(Array(repeating: String(repeating: "x", count: 8 << 10), count: 20))
        var looks = 0
        let page = LineQuery(maxBytes: 1 << 20).page(of: ring) {
            looks += 1
            return looks == 3
        }
        #expect(page.searchedTo == 5 && page.lines.count == 5)
    }

    @Test func whatIsLeftOutIsCountedExactly() {
        for limit in 1...11 {
            for maxBytes in [1, 13, 40, 1000] {
                for tail in [false, true] {
                    let page = LineQuery(limit: limit, maxBytes: maxBytes, tail: tail).page(of: ten)
                    #expect(page.lines.count + page.remaining + page.omitted == 10, "limit \(limit), \(maxBytes) bytes, tail \(tail)")
                    #expect(page.more == (page.remaining > 0))
                }
            }
        }
    }

    @Test func aCursorFromTheFutureMissesNothingThatComesNext() {
        let page = LineQuery(after: 50).page(of: ten)
        #expect(page.lines.isEmpty && page.cursor == 10 && !page.more)
    }

    @Test(arguments: [
        ("error", "An ERROR here", true), ("ERROR", "an error", true), ("rr", "errror", true), ("error", "erro", false),
        ("ee", "eE", true), ("aab", "aaab", true), ("[x]", "a[X]b", true), ("{", "[", false), ("@", "`", false), ("ü", "Ünder", true),
        ("straße", "STRASSE", false), ("é", "e", false), ("a", "", false), ("tz", "z t", false), ("t", "T", true), ("-1", "value -1", true),
    ])
    func findsTextWhateverItsCase(needle: String, line: String, expected: Bool) throws {
        let filter = try #require(TextFilter(needle))
        let found = Array(line.utf8).withUnsafeBytes { filter.matches($0) }
        #expect(found == expected)
    }

    @Test func anEmptyTextIsNoFilter() {
        #expect(TextFilter("") == nil && TextFilter(nil) == nil)
    }

    /// Against the plain way to search, on lines made of few letters so that near misses abound. The seed is fixed.
    @Test func agreesWithAPlainSearch() throws {
        var state: UInt64 = 42
        func random(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        func word(_ length: UInt64) -> String { String((0..<length).map { _ in ["a", "A", "b", "B", "c"][Int(random(5))] }) }
        for _ in 0..<5000 {
            let needle = word(1 + random(4))
            let line = word(random(12))
            let filter = try #require(TextFilter(needle))
            let found = Array(line.utf8).withUnsafeBytes { filter.matches($0) }
            #expect(found == line.lowercased().contains(needle.lowercased()), "\(needle) in \(line)")
        }
    }
}
