import MCP
import Testing

@testable import Transport

@Suite struct RequestGateTests {
    private static let good = [
        ("host", "127.0.0.1:7777"), ("CONTENT-type", "application/json; charset=utf-8"),
        ("Accept", "text/event-stream, application/json"),
    ]

    private func judge(
        _ method: RequestHead.Method = .POST, _ uri: String = "/mcp", _ changes: [(String, String?)] = []
    ) -> RequestGate.Verdict {
        var headers = Self.good
        for (name, value) in changes {
            headers.removeAll { $0.0.lowercased() == name.lowercased() }
            if let value { headers.append((name, value)) }
        }
        var gate = RequestGate(path: "/mcp", guardian: HostGuard(), maxBody: 1000)
        let head = RequestHead(method: method, uri: uri, headers: RequestHeaders(headers))
        return gate.judge(head)
    }

    private func status(_ verdict: RequestGate.Verdict) -> Int? {
        if case .refuse(let refusal) = verdict { return refusal.status }
        return nil
    }

    @Test func letsThroughWhatBelongsHere() {
        #expect(judge() == .message)
        #expect(judge(.POST, "/mcp?x=1") == .message)
        #expect(judge(.GET) == .openStream)
        #expect(judge(.DELETE) == .endSession)
        #expect(judge(.GET, "/health") == .page)
        #expect(judge(.HEAD, "/health") == .page)
        #expect(judge(.POST, "/mcp", [("Accept", "*/*")]) == .message)
        #expect(judge(.POST, "/mcp", [("Accept", nil)]) == .message)
        #expect(judge(.POST, "/mcp", [("Content-Length", "1000")]) == .message)
    }

    @Test(
        arguments: [
            (RequestHead.Method.POST, "/mcp", "Host", "evil.example", 421), (.POST, "/mcp", "Host", nil, 421),
            (.POST, "/mcp", "Origin", "http://evil.example", 403), (.POST, "/mcp", "Origin", "null", 403),
            (.PUT, "/mcp", "X", "y", 405), (.OPTIONS, "/mcp", "X", "y", 405), (.HEAD, "/mcp", "X", "y", 405),
            (.POST, "/mcp", "Content-Type", "text/plain", 415), (.POST, "/mcp", "Content-Type", nil, 415),
            (.POST, "/mcp", "Accept", "application/json", 406), (.POST, "/mcp", "Accept", "text/event-stream", 406),
            (.GET, "/mcp", "Accept", "application/json", 406), (.POST, "/mcp", "Content-Length", "1001", 413),
            (.POST, "/other", "X", "y", 404), (.POST, "/mcpx", "X", "y", 404),
        ] as [(RequestHead.Method, String, String, String?, Int)])
    func refuses(_ method: RequestHead.Method, _ uri: String, _ name: String, _ value: String?, _ expected: Int) {
        #expect(status(judge(method, uri, [(name, value)])) == expected)
    }

    @Test func aRefusalOfTheMethodNamesTheOthers() {
        guard case .refuse(let refusal) = judge(.PUT) else { return #expect(Bool(false)) }
        #expect(refusal.headers == [ResponseHeader("Allow", "GET, POST, DELETE")])
    }

    @Test func `a page is read only`() {
        var gate = RequestGate(path: "/mcp", pages: ["/health"], guardian: HostGuard(), maxBody: 1000)
        func judge(_ method: RequestHead.Method, _ uri: String) -> RequestGate.Verdict {
            gate.judge(RequestHead(method: method, uri: uri, headers: RequestHeaders(Self.good)))
        }
        #expect(judge(.GET, "/health") == .page && judge(.HEAD, "/health?x") == .page)
        for uri in ["/health", "/health?x=1"] {
            guard case .refuse(let refusal) = judge(.POST, uri) else {
                Issue.record("not refused")
                return
            }
            #expect(refusal.status == 405 && refusal.headers == [ResponseHeader("Allow", "GET, HEAD")])
        }
        #expect(status(judge(.POST, "/healthy")) == 404 && status(judge(.DELETE, "/other")) == 404)
    }

    /// The gate remembers good headers of a kept connection; a later request with others is judged by its own.
    @Test func whatWasGoodOnceDoesNotExcuseWhatComesLater() {
        var gate = RequestGate(path: "/mcp", guardian: HostGuard(), maxBody: 1000)
        func judge(_ headers: [(String, String)]) -> RequestGate.Verdict {
            let head = RequestHead(method: .POST, uri: "/mcp", headers: RequestHeaders(headers))
            return gate.judge(head)
        }
        #expect(judge(Self.good) == .message)
        #expect(status(judge(Self.good + [("Origin", "http://evil.example")])) == 403)
        #expect(judge(Self.good) == .message)
        #expect(status(judge([("Host", "evil")] + Self.good.dropFirst())) == 421)
        #expect(status(judge([Self.good[0], ("Content-Type", "text/html"), Self.good[2]])) == 415)
        #expect(status(judge([Self.good[0], Self.good[1], ("Accept", "text/html")])) == 406)
    }

    /// Two readers could choose differently.
    @Test func whatIsRepeatedIsNotChosenFrom() {
        let twice = Self.good + [("Content-Type", "application/json"), ("Mcp-Session-Id", "a"), ("Mcp-Session-Id", "b")]
        var gate = RequestGate(path: "/mcp", guardian: HostGuard(), maxBody: 1000)
        let headers = RequestHeaders(twice)
        #expect(status(gate.judge(RequestHead(method: .POST, uri: "/mcp", headers: headers))) == 415)
        #expect(headers.facts.sessionID == "a, b")
    }

    @Test func picksTheHeadersOfMCPWhateverTheirCase() {
        let headers = RequestHeaders([
            ("MCP-PROTOCOL-version", "2026-07-28"), ("mcp-session-id", "abc"), ("Mcp-Method", "tools/call"), ("mCP-nAME", "x"),
            ("Mcp-Param-Region", "eu"), ("Connection", "foo, Close"), ("Expect", "100-Continue"),
        ])
        #expect(headers.facts.protocolVersion == ["2026-07-28"])
        #expect(headers.facts.sessionID == "abc")
        #expect(headers.facts.method == ["tools/call"])
        #expect(headers.facts.name == ["x"])
        #expect(headers.facts.parameters.map(\.name) == ["mcp-param-region"])
        #expect(headers.connectionClose)
        #expect(headers.expectsContinue)
    }

    /// Names that MCP knows are found by their length first.
    @Test(arguments: 1...24) func keepsTheHeaderOfAnArgumentWhateverItsLength(_ length: Int) {
        let name = "Mcp-Param-" + String(repeating: "a", count: length)
        #expect(RequestHeaders([(name, "eu")]).facts.parameters.map(\.name) == [name.lowercased()])
    }
}

extension RequestHeaders {
    init(_ fields: [(String, String)]) {
        self.init()
        for (name, value) in fields {
            _ = Array(name.utf8).withUnsafeBytes { name in
                Array(value.utf8).withUnsafeBytes { take(name, $0, like: RequestHeaders()) }
            }
        }
    }
}
