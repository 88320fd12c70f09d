import JSON
import Testing

@testable import MCP

/// Every row of the HTTP decision table (DIGEST 1.20) and steps 8 to 13 of the ladder (1.6).
struct HTTPAdmissionTests {
    enum Session { case none, unknown, live }

    private func decide(
        _ body: String, version: [String] = [], session kind: Session = .none, method: [String]? = nil,
        name: [String] = [], capabilities: ServerCapabilities = everything
    ) throws -> String {
        let message = try inbound(body)
        let facts = HTTPFacts(
            protocolVersion: version, sessionID: kind == .none ? nil : "s", method: method ?? [message.method],
            name: name)
        let lookup: SessionLookup =
            switch kind {
            case .none: .none
            case .unknown: .unknown
            case .live: .live(session())
            }
        return outline(Admission.decide(message, over: .http(facts), session: lookup, capabilities: capabilities))
    }

    // MARK: requests of a kept connection

    private func context(_ body: String, _ facts: HTTPFacts) throws -> RequestContext? {
        let decision = Admission.decide(try inbound(body), over: .http(facts), session: .none, capabilities: everything)
        if case .modern(let context) = decision { return context }
        return nil
    }

    @Test func `what is said in the same words is not read again`() throws {
        let facts = HTTPFacts(protocolVersion: ["2026-07-28"], method: ["tools/call"], name: ["a"])
        let first = try #require(try context(modern("tools/call", params: #""name":"a""#), facts))
        let again = try context(modern("tools/call", params: #""arguments":{},"name":"a""#, id: "2"), facts)
        #expect(again === first)
        // In other words.
        let required = #""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}"#
        let level = #""io.modelcontextprotocol/logLevel":"debug","# + required
        let other = try #require(try context(modern("tools/call", params: #""name":"a""#, meta: level), facts))
        #expect(other !== first && other.logLevel == .debug && first.logLevel == nil)
        for token in 7...8 {
            let meta = #""progressToken":\#(token),"# + required
            let one = try #require(try context(modern("tools/call", params: #""name":"a""#, meta: meta), facts))
            #expect(one.progressToken == .integer(Int64(token)))
        }
        // What keeps a large message alive is not kept.
        let large = String(repeating: " ", count: 4000)
        let fresh = HTTPFacts(protocolVersion: ["2026-07-28"], method: ["tools/call"], name: ["a"])
        let params = #""arguments":{},\#(large)"name":"a""#
        #expect(try context(modern("tools/call", params: params), fresh) !== context(modern("tools/call", params: params), fresh))
    }

    @Test func `what was good once does not excuse another name or method`() throws {
        let facts = HTTPFacts(protocolVersion: ["2026-07-28"], method: ["tools/call"], name: ["a"])
        #expect(try context(modern("tools/call", params: #""name":"a""#), facts) != nil)
        #expect(try context(modern("tools/call", params: #""name":"b""#), facts) == nil)
        #expect(try context(modern("prompts/get", params: #""name":"a""#), facts) == nil)
        #expect(try context(modern("tools/call", params: #""name":"a""#, version: "2027-01-01"), facts) == nil)
    }

    @Test func `a member that is there twice is its last`() throws {
        let twice =
            #"{"jsonrpc":"1.0","id":1,"jsonrpc":"2.0","id":2,"method":"a","m\u0065thod":"tools/call","params":{"name":"a","name":"b"}}"#
        let message = try inbound(twice)
        #expect(message.id == .integer(2) && message.method == "tools/call" && message.name?.string == "b")
    }

    // MARK: the decision table

    @Test(arguments: [Session.none, .unknown, .live])
    func `modern _meta decides, whatever session is named`(session: Session) throws {
        #expect(try decide(modern("tools/list"), version: ["2026-07-28"], session: session) == "modern 2026-07-28")
    }

    @Test(arguments: [
        #""io.modelcontextprotocol/protocolVersion":"2026-07-28""#, #""io.modelcontextprotocol/clientCapabilities":{}"#,
    ])
    func `either required key alone makes it modern, and fails the envelope`(meta: String) throws {
        #expect(try decide(modern("tools/list", meta: meta), version: ["2026-07-28"]) == "400 -32602 id 1")
        #expect(try decide(modern("tools/list", meta: meta), version: [], session: .live) == "400 -32602 id 1")
    }

    @Test(arguments: ["2026-07-28", "v999.0.0", "garbage", ""])
    func `a header that is no legacy version makes it modern`(header: String) throws {
        #expect(try decide(request("tools/list"), version: [header]) == "400 -32602 id 1")
        #expect(try decide(request("tools/list"), version: [header], session: .unknown) == "400 -32602 id 1")
        #expect(try decide(initialize("2025-11-25"), version: [header]) == "400 -32602 id 1")
        // … but in a live session it is a legacy client's mistake, with a code that says nothing of modern.
        #expect(try decide(request("tools/list"), version: [header], session: .live) == "400 -32000 id 1")
    }

    @Test(arguments: ProtocolVersion.legacy)
    func `initialize without modern _meta begins a session, with or without the header`(version: ProtocolVersion) throws {
        #expect(try decide(initialize(version.rawValue)) == "initialize \(version.rawValue)")
        #expect(try decide(initialize(version.rawValue), version: ["2025-06-18"]) == "initialize \(version.rawValue)")
        #expect(try decide(initialize(version.rawValue), session: .unknown) == "initialize \(version.rawValue)")
    }

    @Test func `initialize in a live session is refused`() throws {
        #expect(try decide(initialize("2025-11-25"), session: .live) == "400 -32600 id 1")
    }

    @Test(arguments: ["2026-07-28", "1999-01-01", ""])
    func `an unknown requested version is answered with the latest legacy one`(requested: String) throws {
        #expect(try decide(initialize(requested)) == "initialize 2025-11-25")
    }

    @Test func `initialize needs a version and an id`() throws {
        #expect(try decide(request("initialize")) == "400 -32602 id 1")
        #expect(
            try decide(request("initialize", params: #"{"protocolVersion":"2025-11-25","capabilities":1}"#))
                == "400 -32602 id 1")
        #expect(try decide(notification("initialize", params: #"{"protocolVersion":"2025-11-25"}"#)) == "400 -32600")
    }

    @Test func `a session id without modern _meta is legacy traffic`() throws {
        #expect(try decide(request("tools/list"), session: .live) == "legacy 2025-11-25")
        #expect(try decide(request("tools/list"), version: ["2025-06-18"], session: .live) == "legacy 2025-11-25")
        #expect(try decide(request("tools/list"), version: ["2025-11-25"], session: .unknown) == "404 -32001 id 1")
        #expect(try decide(request("tools/list"), session: .unknown) == "404 -32001 id 1")
    }

    @Test(arguments: [[], ["2024-11-05"], ["2025-03-26"], ["2025-06-18"], ["2025-11-25"]])
    func `legacy without a session misses it`(version: [String]) throws {
        #expect(try decide(request("tools/list"), version: version) == "400 -32000 id 1")
        #expect(try decide(request("ping"), version: version) == "400 -32000 id 1")
        #expect(try decide(notification("notifications/initialized"), version: version) == "400 -32000")
    }

    @Test func `modern _meta without the header is a mismatch`() throws {
        #expect(try decide(modern("tools/list")) == "400 -32020 id 1")
    }

    @Test(arguments: [
        "initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "tasks/list",
    ])
    func `legacy methods don't exist in modern`(method: String) throws {
        #expect(try decide(modern(method), version: ["2026-07-28"]) == "404 -32601 id 1")
        #expect(try decide(modern(method), version: ["2026-07-28"], session: .live) == "404 -32601 id 1")
    }

    @Test(arguments: ProtocolVersion.legacy)
    func `a legacy version in modern form is not supported`(version: ProtocolVersion) throws {
        let body = modern("tools/list", version: version.rawValue)
        #expect(try decide(body, version: [version.rawValue]) == "400 -32022 id 1")
    }

    @Test func `Mcp-Method is no sign of an era`() throws {
        #expect(try decide(request("tools/list"), session: .live, method: ["tools/list"]) == "legacy 2025-11-25")
        #expect(try decide(request("tools/list"), session: .live, method: ["nonsense"]) == "legacy 2025-11-25")
        #expect(try decide(request("tools/list"), session: .live, method: []) == "legacy 2025-11-25")
    }

    @Test func `GET and DELETE need a live session and no modern header`() {
        func refusal(_ version: [String], _ lookup: SessionLookup) -> Int? {
            Admission.refusal(ofSessionVerb: HTTPFacts(protocolVersion: version), session: lookup)?.httpStatus
        }
        #expect(refusal([], .none) == 400)
        #expect(refusal(["2025-11-25"], .unknown) == 404)
        #expect(refusal([], .live(session())) == nil)
        #expect(refusal(["2025-06-18"], .live(session())) == nil)
        #expect(refusal(["2026-07-28"], .live(session())) == 405)
        #expect(refusal(["garbage"], .live(session())) == 400)
    }

    // MARK: the ladder

    @Test(arguments: [
        #""io.modelcontextprotocol/protocolVersion":1,"io.modelcontextprotocol/clientCapabilities":{}"#,
        #""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":[]"#,
        #""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":null"#,
        #""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":1"#,
        #""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/logLevel":"loud""#,
        #""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"progressToken":1.5"#,
    ])
    func `wrong types in _meta fail the envelope`(meta: String) throws {
        #expect(try decide(modern("tools/list", meta: meta), version: ["2026-07-28"]) == "400 -32602 id 1")
        #expect(try decide(modern("server/discover", meta: meta), version: ["2026-07-28"]) == "400 -32602 id 1")
    }

    @Test func `a mismatch is found before an unsupported version`() throws {
        #expect(try decide(modern("tools/list", version: "v999.0.0"), version: ["2026-07-28"]) == "400 -32020 id 1")
        #expect(try decide(modern("tools/list", version: "v999.0.0"), version: ["v999.0.0"]) == "400 -32022 id 1")
        #expect(try decide(modern("tools/list"), version: ["2025-11-25"]) == "400 -32020 id 1")
        #expect(try decide(modern("tools/list"), version: ["2026-07-28", "2026-07-28"]) == "400 -32020 id 1")
        #expect(try decide(modern("tools/list"), version: [" 2026-07-28\t"]) == "modern 2026-07-28")
    }

    @Test(arguments: [
        (["tools/list"], "modern 2026-07-28"), ([" tools/list "], "modern 2026-07-28"), ([], "400 -32020 id 1"),
        (["TOOLS/LIST"], "400 -32020 id 1"), (["tools/call"], "400 -32020 id 1"),
        (["tools/list", "tools/list"], "400 -32020 id 1"),
    ])
    func `Mcp-Method must be the body's method`(method: [String], expected: String) throws {
        #expect(try decide(modern("tools/list"), version: ["2026-07-28"], method: method) == expected)
    }

    @Test(arguments: [
        ("echo", ["echo"], "modern 2026-07-28"), ("echo", ["\techo "], "modern 2026-07-28"),
        ("echo", [], "400 -32020 id 1"),
        ("echo", ["Echo"], "400 -32020 id 1"), ("echo", ["echo", "echo"], "400 -32020 id 1"),
        ("Hello", ["=?base64?SGVsbG8=?="], "modern 2026-07-28"), ("Hello", ["=?base64?SGVsbG8?="], "400 -32020 id 1"),
        ("Hello", ["=?base64?SGVs!!!bG8=?="], "400 -32020 id 1"), ("Hello", ["=?base64?SGVsbG9=?="], "400 -32020 id 1"),
        ("=?BASE64?SGVsbG8=?=", ["=?BASE64?SGVsbG8=?="], "modern 2026-07-28"),
        ("=?base64?SGVsbG8=", ["=?base64?SGVsbG8="], "modern 2026-07-28"),
        ("grüße", ["=?base64?Z3LDvMOfZQ==?="], "modern 2026-07-28"), ("grüße", ["grüße"], "400 -32020 id 1"),
        ("", ["=?base64??="], "modern 2026-07-28"), ("x", ["=?base64?/w==?="], "400 -32020 id 1"),
    ])
    func `Mcp-Name must be the body's name, decoded strictly`(name: String, header: [String], expected: String) throws {
        let body = modern("tools/call", params: #""name":"\#(name)","arguments":{}"#)
        #expect(try decide(body, version: ["2026-07-28"], name: header) == expected)
    }

    @Test func `a call without a name is the handler's business, unless the header names one`() throws {
        #expect(try decide(modern("tools/call"), version: ["2026-07-28"]) == "modern 2026-07-28")
        #expect(try decide(modern("tools/call"), version: ["2026-07-28"], name: ["x"]) == "400 -32020 id 1")
        guard case .failure(let error) = ToolCall.parse(try inbound(modern("tools/call"))) else {
            Issue.record("a call without a name was read")
            return
        }
        #expect(error.code == -32602 && error.httpStatus(.modern) == 200)
    }

    @Test func `routing is checked for methods that are not served, too`() throws {
        let read = modern("resources/read", params: #""uri":"test://a""#)
        #expect(try decide(read, version: ["2026-07-28"], name: ["test://b"]) == "400 -32020 id 1")
        #expect(try decide(read, version: ["2026-07-28"], name: ["test://a"]) == "404 -32601 id 1")
    }

    @Test func `a method whose capability is not offered doesn't exist`() throws {
        let none = ServerCapabilities()
        #expect(try decide(modern("tools/list"), version: ["2026-07-28"], capabilities: none) == "404 -32601 id 1")
        #expect(
            try decide(modern("server/discover"), version: ["2026-07-28"], capabilities: none) == "modern 2026-07-28")
        #expect(try decide(request("tools/list"), session: .live, capabilities: none) == "200 -32601 id 1")
        #expect(try decide(request("logging/setLevel"), session: .live, capabilities: none) == "200 -32601 id 1")
        #expect(try decide(request("logging/setLevel"), session: .live) == "legacy 2025-11-25")
        #expect(try decide(request("server/discover"), session: .live) == "200 -32601 id 1")
        #expect(try decide(request("no/such"), session: .live) == "200 -32601 id 1")
    }

    // MARK: notifications and responses

    @Test func `legacy notifications and responses belong to the session`() throws {
        #expect(try decide(notification("notifications/initialized"), session: .live) == "initialized")
        #expect(
            try decide(notification("notifications/cancelled", params: #"{"requestId":"a"}"#), session: .live)
                == "cancel \"a\"")
        #expect(
            try decide(notification("notifications/cancelled", params: #"{"requestId":null}"#), session: .live)
                == "ignore")
        #expect(try decide(notification("notifications/roots/list_changed"), session: .live) == "ignore")
        #expect(try decide(#"{"jsonrpc":"2.0","id":"srv-1","result":{}}"#, session: .live) == "response")
        #expect(try decide(#"{"jsonrpc":"2.0","id":"srv-1","result":{}}"#, session: .unknown) == "404 -32001")
        #expect(try decide(#"{"jsonrpc":"2.0","id":"srv-1","result":{}}"#) == "400 -32000")
    }

    @Test func `modern has no notifications to act on and no responses`() throws {
        #expect(
            try decide(notification("notifications/cancelled", params: #"{"requestId":1}"#), version: ["2026-07-28"])
                == "ignore")
        #expect(try decide(notification("notifications/cancelled"), version: ["garbage"]) == "400 -32022")
        #expect(try decide(#"{"jsonrpc":"2.0","id":1,"result":{}}"#, version: ["2026-07-28"]) == "400 -32600")
    }
}
