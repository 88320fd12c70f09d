import Testing

@testable import Logs

@Suite struct PrintedURLsTests {
    @Test(
        arguments: [
            ("  Local:   \u{1B}[36mhttp://localhost:\u{1B}[1m5173\u{1B}[22m/\u{1B}[39m", ["http://localhost:5173/"]),
            ("Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...", ["http://0.0.0.0:8000/"]),
            ("see https://example.org/a?b=c#d, or ws://h:1.", ["https://example.org/a?b=c#d", "ws://h:1"]),
            ("file:///etc/passwd a://b http:// x:/y 12:30:00", []), ("HTTP://H", ["HTTP://H"]),
        ] as [(String, [String])])
    func areFoundInLines(line: String, expected: [String]) {
        var found = PrintedURLs()
        let isNew = found.look(at: LineBatch(line))
        #expect(isNew == !expected.isEmpty && found.urls == expected)
        let isAgain = found.look(at: LineBatch(line))
        #expect(!isAgain, "the same is not new")
    }

    @Test func areThoseOfTheBeginning() {
        var found = PrintedURLs()
        for number in 0..<600 { _ = found.look(at: LineBatch("line \(number)")) }
        let isLate = found.look(at: LineBatch("http://late"))
        #expect(found.isDone && !isLate)
        var many = PrintedURLs()
        let areNew = many.look(at: LineBatch((0..<9).map { "http://h/\($0)" }))
        #expect(areNew && many.urls.count == 4 && many.isDone)
    }

    @Test(arguments: ["https://x", "x", "http://", "http://h:0/", "http://h:x/", "http://a b/"])
    func whatCannotBeAskedIsToldSo(url: String) {
        #expect(throws: (any Error).self) { try WebProbe(url) }
    }
}
