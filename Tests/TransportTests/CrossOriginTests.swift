import MCP
import Scopes
import Testing

@testable import Transport

@Suite struct CrossOriginTests {
    private let crossOrigin = CrossOrigin(HostGuard(origins: ["https://app.example"]))

    private func names(_ headers: [ResponseHeader]?) -> [String] { (headers ?? []).map { "\($0.name)" } }

    private func head(_ method: RequestHead.Method, _ headers: [(String, String)]) -> RequestHead {
        RequestHead(method: method, uri: "/mcp", headers: RequestHeaders(headers))
    }

    @Test(arguments: [
        [], ["https://app.example", "https://app.example"], ["https://other.example"], ["http://localhost"], ["null"], ["*"],
    ])
    func onlyListedPagesAreTold(_ origin: [String]) {
        #expect(crossOrigin.headers(origin: origin) == [ResponseHeader("Vary", "Origin")])
        let asked = head(.OPTIONS, [("Access-Control-Request-Method", "POST")])
        #expect(crossOrigin.preflight(asked, origin: origin) == nil)
    }

    @Test func aListedPageIsNamedAsItWroteItself() {
        #expect(crossOrigin.headers(origin: ["https://App.example"]).first?.value == "https://App.example")
    }

    @Test func onlyWellFormedParametersAreEchoed() throws {
        let wanted =
            "mcp-param-a, Mcp-Param-B,mcp-param-, mcp-param-c d, x-y,mcp-param-\u{e9},"
            + (0..<100).map { "mcp-param-\($0)" }.joined(separator: ",")
        let asked = head(.OPTIONS, [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", wanted)])
        let headers = try #require(crossOrigin.preflight(asked, origin: ["https://app.example"]))
        let allowed = try #require(headers.first { "\($0.name)" == "Access-Control-Allow-Headers" }).value.split(separator: ", ")
        #expect(allowed.count == 8 + 64 && allowed[8] == "mcp-param-a" && allowed[9] == "Mcp-Param-B" && allowed[10] == "mcp-param-0")
    }

    @Test func whatIsNoPreflightIsNone() {
        let origin = ["https://app.example"]
        #expect(crossOrigin.preflight(head(.OPTIONS, []), origin: origin) == nil)
        #expect(crossOrigin.preflight(head(.GET, [("Access-Control-Request-Method", "POST")]), origin: origin) == nil)
    }

    @Test(arguments: [
        ("https://h.example/a?b#c", true, "h.example", 443, "/a?b"), ("https://h.example", true, "h.example", 443, "/"),
        ("HTTPS://[2001:db8::1]:8443/k", true, "2001:db8::1", 8443, "/k"), ("http://127.0.0.1:80/k", false, "127.0.0.1", 80, "/k"),
        ("http://[::1]:9/k", false, "::1", 9, "/k"), ("http://localhost?x", false, "localhost", 80, "/?x"),
    ])
    func urlsOfDocuments(_ text: String, _ isSecure: Bool, _ host: String, _ port: Int, _ target: String) throws {
        let url = try #require(DocumentURL(text))
        #expect(url.isSecure == isSecure && url.host == host && url.port == port && url.target == target)
    }

    @Test(arguments: [
        "http://h.example/", "http://127.0.0.1.example/", "http://127.1/", "ftp://h/", "https://", "https://a@h/", "https://h:0/",
        "https://h:x/",
        "https://[::1/", "https://h/ x", "https://h/\r\nX: y",
    ])
    func whatIsNotFetched(_ text: String) { #expect(DocumentURL(text) == nil) }

    @Test func theFirstDecisionIsToldOnce() {
        let log = Log()
        let early = AccessWait()
        early.decide(.admitted(nil))
        early.whenDecided { _ in log.add("early") }
        let late = AccessWait()
        late.whenDecided { _ in log.add("late") }
        #expect(log.all == ["early"])
        late.decide(.admitted(nil))
        late.decide(.admitted(nil))
        #expect(log.all == ["early", "late"])
    }
}

private final class Log: Sendable {
    private let lines = Lock<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
}
