import Testing

@testable import Server

@Suite struct ByteCountTextTests {
    @Test(arguments: [("0", 0), ("512B", 512), ("64KiB", 65536), ("1MiB", 1 << 20), ("2GiB", 2 << 30), ("10MB", 10_000_000), ("3kB", 3000)])
    func reads(_ text: String, _ bytes: Int) {
        #expect(ByteCountText.parse(text) == bytes)
    }

    @Test(arguments: ["", "5", "MiB", "-1MiB", "1 MiB", "1mib", "1.5MiB", "9999999999999GiB", "1MiB "]) func refuses(_ text: String) {
        #expect(ByteCountText.parse(text) == nil)
    }

    @Test(arguments: ["512B", "64KiB", "1MiB", "2GiB", "10000001B"]) func writesWhatItReads(_ text: String) throws {
        #expect(ByteCountText.write(try #require(ByteCountText.parse(text))) == text)
    }
}
