import Testing

@testable import MCP

struct HostGuardTests {
    private let local = HostGuard()
    private let team = HostGuard(
        hosts: ["mcp.example", "exact.example:8443", "bad host"],
        origins: ["https://app.example", "http://dev.example:3000"],
        loopback: false)

    @Test func `what would never match is known`() {
        #expect(
            ["mcp.example", "[::1]:80"].allSatisfy(HostGuard.isHost)
                && ["https://app.example", "http://a:1"].allSatisfy(HostGuard.isOrigin))
        #expect(!["bad host", "*"].contains(where: HostGuard.isHost))
        #expect(!["*", "app.example", "https://"].contains(where: HostGuard.isOrigin))
    }

    @Test(arguments: [
        "localhost", "localhost:7777", "LOCALHOST:1", "127.0.0.1:7777", "[::1]:7777", "[::1]", " localhost ",
    ])
    func `loopback names pass with any port`(host: String) {
        #expect(local.check(host: [host], origin: []) == .allowed)
    }

    @Test(arguments: [
        [], ["evil.example"], ["evil.example:7777"], ["localhost.evil.example"], ["localhost@evil.example"],
        ["127.0.0.1.evil.example"], ["localhost", "localhost"], ["localhost:x"], ["localhost:"], ["localhost:99999"],
        ["[::1"], ["[::2]"], [""], ["localhost:+1"], ["localhost/"], ["0.0.0.0"], ["[::1]x"],
    ])
    func `all other hosts are misdirected`(host: [String]) {
        #expect(local.check(host: host, origin: []) == .misdirected)
        #expect(local.check(host: host, origin: []).httpStatus == 421)
    }

    @Test(arguments: [
        "http://localhost", "http://localhost:6274", "https://127.0.0.1:1", "http://[::1]:3000", "HTTP://LOCALHOST",
    ])
    func `pages from loopback are welcome`(origin: String) {
        #expect(local.check(host: ["localhost:7777"], origin: [origin]) == .allowed)
    }

    @Test(arguments: [
        ["null"], ["http://evil.example"], ["http://localhost.evil.example"], ["file://"], [""], ["localhost"],
        ["http://localhost/path"], ["http://user@localhost"], ["ftp://localhost"],
        ["http://localhost", "http://localhost"],
        ["chrome-extension://abc"], ["http://localhost http://evil.example"],
    ])
    func `all other pages are forbidden`(origin: [String]) {
        #expect(local.check(host: ["localhost:7777"], origin: origin) == .forbiddenOrigin)
        #expect(local.check(host: ["localhost:7777"], origin: origin).httpStatus == 403)
    }

    @Test func `a foreign host is refused whatever the origin`() {
        #expect(local.check(host: ["evil.example"], origin: ["http://localhost"]) == .misdirected)
    }

    @Test func `configured names and pages, and no more`() {
        #expect(team.check(host: ["mcp.example"], origin: []) == .allowed)
        #expect(team.check(host: ["MCP.example:99"], origin: []) == .allowed)
        #expect(team.check(host: ["exact.example:8443"], origin: []) == .allowed)
        #expect(team.check(host: ["exact.example"], origin: []) == .misdirected)
        #expect(team.check(host: ["localhost"], origin: []) == .misdirected)
        #expect(team.check(host: ["mcp.example"], origin: ["https://app.example"]) == .allowed)
        #expect(team.check(host: ["mcp.example"], origin: ["https://app.example:443"]) == .allowed)
        #expect(team.check(host: ["mcp.example"], origin: ["http://app.example"]) == .forbiddenOrigin)
        #expect(team.check(host: ["mcp.example"], origin: ["https://app.example:444"]) == .forbiddenOrigin)
        #expect(team.check(host: ["mcp.example"], origin: ["http://dev.example:3000"]) == .allowed)
        #expect(team.check(host: ["mcp.example"], origin: ["http://localhost"]) == .forbiddenOrigin)
        #expect(team.check(host: ["mcp.example"], origin: ["null"]) == .forbiddenOrigin)
    }
}
