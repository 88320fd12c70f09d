import Testing

@testable import Server

@Suite struct RemoteServerTests {
    @Test(
        arguments: [
            ("http://127.0.0.1:7777", "127.0.0.1", 7777), ("http://localhost:1/mcp", "localhost", 1), ("http://[::1]:80/x", "::1", 80),
            ("HTTP://h", "h", 80), ("https://h/mcp", "h", 443), ("https://h:1", "h", 1),
        ] as [(String, String, Int)])
    func reads(_ url: String, _ host: String, _ port: Int) {
        let target = RemoteServer(url: url)
        #expect(target?.host == host)
        #expect(target?.port == port)
    }

    @Test(arguments: ["", "localhost:7777", "ftp://h", "http://", "http://h:0", "http://h:x", "http://h:70000", "http://a:b:c"])
    func refuses(_ url: String) {
        #expect(RemoteServer(url: url) == nil)
    }

    @Test func saysWhatToDoWhenNoServerListens() throws {
        let target = try #require(RemoteServer(url: "http://127.0.0.1:1"))
        #expect {
            try RemoteConnection.get("/health", from: target)
        } throws: { error in
            "\(error)".contains("ambit serve")
        }
    }
}
