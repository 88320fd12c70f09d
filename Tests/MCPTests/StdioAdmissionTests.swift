import Testing

@testable import MCP

/// Every row of the stdio decision table (DIGEST 1.20).
struct StdioAdmissionTests {
    private func decide(_ body: String, live: Bool, capabilities: ServerCapabilities = everything) throws -> String {
        outline(
            Admission.decide(
                try inbound(body), over: .stdio, session: live ? .live(session()) : .none, capabilities: capabilities))
    }

    @Test(arguments: [true, false])
    func `a request with modern _meta is served without state`(live: Bool) throws {
        #expect(try decide(modern("server/discover"), live: live) == "modern 2026-07-28")
        #expect(try decide(modern("tools/call"), live: live) == "modern 2026-07-28")
        #expect(try decide(modern("tools/list", version: "v999"), live: live) == "400 -32022 id 1")
        #expect(try decide(modern("tools/list", version: "2025-11-25"), live: live) == "400 -32022 id 1")
        #expect(try decide(modern("initialize"), live: live) == "404 -32601 id 1")
        #expect(try decide(modern("ping"), live: live) == "404 -32601 id 1")
    }

    @Test func `initialize begins the one session`() throws {
        #expect(try decide(initialize("2025-06-18"), live: false) == "initialize 2025-06-18")
        #expect(try decide(initialize("2026-07-28"), live: false) == "initialize 2025-11-25")
        #expect(try decide(initialize("2025-06-18"), live: true) == "400 -32600 id 1")
    }

    @Test func `everything else without _meta belongs to the live session`() throws {
        #expect(try decide(request("tools/list"), live: true) == "legacy 2025-11-25")
        #expect(try decide(request("ping"), live: true) == "legacy 2025-11-25")
        #expect(try decide(notification("notifications/initialized"), live: true) == "initialized")
        #expect(try decide(request("server/discover"), live: true) == "200 -32601 id 1")
    }

    @Test func `ping before initialize is answered`() throws {
        #expect(try decide(request("ping"), live: false) == "ping")
    }

    @Test(arguments: ["tools/list", "server/discover", "no/such", "logging/setLevel"])
    func `without a session the missing _meta is named`(method: String) throws {
        let admission = Admission.decide(
            try inbound(request(method)), over: .stdio, session: .none, capabilities: everything)
        guard case .reject(let rejection) = admission else {
            Issue.record("\(method) was admitted")
            return
        }
        #expect(rejection.error.code == -32602)
        #expect(rejection.error.message.contains("io.modelcontextprotocol/protocolVersion"))
    }

    @Test(arguments: [true, false])
    func `a cancellation finds its request in either era`(live: Bool) throws {
        let params = #"{"requestId":5,"reason":"r"}"#
        #expect(try decide(notification("notifications/cancelled", params: params), live: live) == "cancel 5")
        let withMeta = #"{"requestId":"x","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}"#
        #expect(try decide(notification("notifications/cancelled", params: withMeta), live: live) == "cancel \"x\"")
        #expect(try decide(notification("notifications/cancelled"), live: live) == "ignore")
    }

    @Test func `responses go to the session or nowhere, notifications are never answered`() throws {
        #expect(try decide(#"{"jsonrpc":"2.0","id":"s1","result":{}}"#, live: true) == "response")
        #expect(try decide(#"{"jsonrpc":"2.0","id":"s1","result":{}}"#, live: false) == "ignore")
        #expect(try decide(notification("notifications/initialized"), live: false) == "ignore")
        #expect(try decide(notification("initialize"), live: true) == "ignore")
    }
}
