import JSON
import Testing

@testable import MCP

struct RequestContextTests {
    private func modernContext(
        _ more: String = "", capabilities: ServerCapabilities = everything
    ) throws -> RequestContext? {
        let meta =
            #""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"sampling":{}}"#
        let message = try inbound(modern("tools/list", meta: meta + more))
        let admission = Admission.decide(message, over: .stdio, session: .none, capabilities: capabilities)
        guard case .modern(let context) = admission else { return nil }
        return context
    }

    @Test func `modern: no level, no logs`() throws {
        let silent = try #require(try modernContext())
        #expect(!LogLevel.allCases.contains { silent.admits($0) })
        let warning = try #require(try modernContext(#","io.modelcontextprotocol/logLevel":"warning""#))
        #expect(LogLevel.allCases.filter { warning.admits($0) } == [.warning, .error, .critical, .alert, .emergency])
    }

    @Test func `no logs without the logging capability, in either era`() throws {
        let none = ServerCapabilities(tools: .init(listChanged: false))
        let modern = try #require(
            try modernContext(#","io.modelcontextprotocol/logLevel":"debug""#, capabilities: none))
        #expect(!modern.admits(.emergency))
        let admission = Admission.decide(
            try inbound(request("tools/list")), over: .stdio, session: .live(session()), capabilities: none)
        guard case .legacy(let legacy) = admission else {
            Issue.record("not admitted")
            return
        }
        #expect(!legacy.admits(.emergency))
    }

    @Test func `legacy: the session's level, which is info until it is set`() throws {
        var state = session()
        for (level, admitted) in [(nil, LogLevel.info), (LogLevel.error, .error), (.debug, .debug)] {
            if let level { state.logLevel = level }
            let context = state.context(of: try inbound(request("tools/list")), logging: true, token: nil)
            #expect(LogLevel.allCases.first { context.admits($0) } == admitted)
        }
    }

    @Test func `setLevel reads the eight names and no other`() throws {
        for level in LogLevel.allCases {
            let message = try inbound(request("logging/setLevel", params: #"{"level":"\#(level.name)"}"#))
            #expect(try SetLevel.parse(message).get().level == level)
        }
        for bad in [#"{"level":"INFO"}"#, #"{"level":1}"#, "{}"] {
            #expect(throws: ProtocolError.self) {
                try SetLevel.parse(try inbound(request("logging/setLevel", params: bad))).get()
            }
        }
    }

    @Test func `what the client says of itself is kept raw`() throws {
        let context = try #require(
            try modernContext(#","io.modelcontextprotocol/clientInfo":{"name":"c","version":"1.0"}"#))
        #expect(context.client.info?["name"]?.string == "c")
        #expect(context.client.capabilities?["sampling"]?.kind == .object)
        #expect(try modernContext()?.client.info == nil)
    }

    @Test(arguments: [(#""p1""#, ProgressToken.string("p1")), ("7", .integer(7)), (#""7""#, .string("7"))])
    func `a progress token keeps its type`(token: String, expected: ProgressToken) throws {
        #expect(try modernContext(#","progressToken":\#(token)"#)?.progressToken == expected)
        let legacy = request("tools/call", params: #"{"name":"x","_meta":{"progressToken":\#(token)}}"#)
        guard
            case .legacy(let context) = Admission.decide(
                try inbound(legacy), over: .stdio, session: .live(session()), capabilities: everything)
        else {
            Issue.record("not admitted")
            return
        }
        #expect(context.progressToken == expected)
    }

    @Test func `trace context is taken when well formed and ignored otherwise`() throws {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let trace = try modernContext(#","traceparent":"\#(good)","tracestate":"a=b","baggage":"k=v""#)?.trace
        #expect(trace?.traceparent == good)
        #expect(trace?.tracestate == "a=b")
        #expect(trace?.baggage == "k=v")
        for bad in [
            "", "00-xyz", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            #expect(try modernContext(#","traceparent":"\#(bad)""#)?.trace == nil)
        }
    }

    @Test func `a session doesn't keep the message alive that began it`() throws {
        let message = try inbound(initialize("2025-11-25"))
        let initialization = try Initialization.parse(message).get()
        let state = LegacySession(initialization)
        #expect(state.client.info?["name"]?.string == "c")
        #expect(state.client.info?.document !== message.root.document)
        #expect(state.client.capabilities?.document !== message.root.document)
    }

    @Test func `call and list parameters have their types checked`() throws {
        let call = try ToolCall.parse(inbound(request("tools/call", params: #"{"name":"x","arguments":{"a":1.0}}"#)))
            .get()
        #expect(call.name == "x")
        #expect(call.arguments.map { text($0.raw) } == #"{"a":1.0}"#)
        #expect(try ToolCall.parse(inbound(request("tools/call", params: #"{"name":"x"}"#))).get().arguments == nil)
        for bad in ["{}", #"{"name":1}"#, #"{"name":"x","arguments":[]}"#, #"{"name":"x","arguments":null}"#] {
            #expect(throws: ProtocolError.self) {
                try ToolCall.parse(inbound(request("tools/call", params: bad))).get()
            }
        }
        #expect(try ListParameters.parse(inbound(request("tools/list", params: #"{"cursor":""}"#))).get().cursor == "")
        #expect(try ListParameters.parse(inbound(request("tools/list"))).get().cursor == nil)
        #expect(throws: ProtocolError.self) {
            try ListParameters.parse(inbound(request("tools/list", params: #"{"cursor":1}"#))).get()
        }
    }
}
