import Testing

@testable import Server

@Suite struct DurationTextTests {
    @Test(
        arguments: [
            ("500ms", 500_000_000), ("2s", 2_000_000_000), ("1.5s", 1_500_000_000), ("30m", 1_800_000_000_000),
            ("4h", 14_400_000_000_000), ("0", 0), ("10us", 10_000), ("7ns", 7),
        ] as [(String, Int64)])
    func reads(_ text: String, _ nanoseconds: Int64) {
        #expect(DurationText.parse(text) == nanoseconds)
    }

    @Test(arguments: ["", "5", "s", "-1s", "1 s", "1d", "1e400s", "99999999999h", "1..5s", "2s "])
    func refuses(_ text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: ["500ms", "2s", "30m", "4h", "7ns"]) func writesWhatItReads(_ text: String) throws {
        #expect(DurationText.write(try #require(DurationText.parse(text))) == text)
    }
}
