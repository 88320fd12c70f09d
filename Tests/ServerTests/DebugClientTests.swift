import Testing

@testable import Server

@Suite struct DebugClientTests {
    @Test(
        arguments: [
            ("http://127.0.0.1:7777", "127.0.0.1", 7777), ("http://localhost:1/mcp", "localhost", 1), ("http://[::1]:80/x", "::1", 80),
            ("HTTP://h", "h", 80),
        ] as [(String, String, Int)])
    func reads(_ url: String, _ host: String, _ port: Int) {
        let target = DebugClient.Target(url: url)
        #expect(target?.host == host)
        #expect(target?.port == port)
    }

    @Test(arguments: ["", "localhost:7777", "https://h", "http://", "http://h:0", "http://h:x", "http://h:70000", "http://a:b:c"])
    func refuses(_ url: String) {
        #expect(DebugClient.Target(url: url) == nil)
    }

    @Test func saysWhatToDoWhenNoServerListens() throws {
        let target = try #require(DebugClient.Target(url: "http://127.0.0.1:1"))
        #expect {
            try DebugClient.get("/health", from: target)
        } throws: { error in
            "\(error)".contains("ambit serve")
        }
    }
}
