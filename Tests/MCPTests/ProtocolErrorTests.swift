import JSON
import Testing

@testable import MCP

struct ProtocolErrorTests {
    @Test(arguments: [
        (ProtocolError.parseError(), 400, 400), (.invalidRequest("x"), 400, 400), (.methodNotFound("x"), 404, 200),
        (.invalidEnvelope("x"), 400, 400), (.invalidParams("x"), 200, 200), (.unknownTool("x"), 200, 200),
        (.invalidCursor, 200, 200), (.internalError("x"), 200, 200), (.headerMismatch("x"), 400, 200),
        (.missingCapability("sampling", required: #"{"sampling":{}}"#), 400, 200),
        (.unsupportedVersion(requested: "x"), 400, 200), (.custom(code: 12, message: "x"), 200, 200),
        (.limit(ReachedLimit("x", value: 1, setting: nil)), 503, 503),
        (.limit(ReachedLimit("x", value: 1, setting: nil, isOfOne: true)), 429, 429),
        (.limit(ReachedLimit("x", value: 1, setting: nil), status: 409), 409, 409), (.stopping, 503, 503), (.ended("x"), 200, 200),
    ])
    func `each error has its status in each era`(error: ProtocolError, modern: Int, legacy: Int) {
        #expect(error.httpStatus(.modern) == modern)
        #expect(error.httpStatus(.legacy) == legacy)
    }

    @Test func `errors are written as in the cookbook`() {
        func written(_ id: RequestID?, _ error: ProtocolError) -> String { text(MessageEncoder.error(id: id, error)) }
        #expect(
            written(.integer(2), .invalidEnvelope("missing _meta field io.modelcontextprotocol/clientCapabilities"))
                == #"{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"Invalid params: missing _meta field io.modelcontextprotocol/clientCapabilities"}}"#
        )
        #expect(
            written(.integer(3), .headerMismatch("Mcp-Name header value 'a' does not match body value 'b'"))
                == #"{"jsonrpc":"2.0","id":3,"error":{"code":-32020,"message":"Header mismatch: Mcp-Name header value 'a' does not match body value 'b'"}}"#
        )
        #expect(
            written(.integer(4), .unsupportedVersion(requested: "v999.0.0"))
                == #"{"jsonrpc":"2.0","id":4,"error":{"code":-32022,"message":"Unsupported protocol version","data":{"supported":["2026-07-28"],"requested":"v999.0.0"}}}"#
        )
        #expect(
            written(.integer(5), .missingCapability("sampling", required: #"{"sampling":{}}"#))
                == #"{"jsonrpc":"2.0","id":5,"error":{"code":-32021,"message":"Missing required client capability: sampling","data":{"requiredCapabilities":{"sampling":{}}}}}"#
        )
        #expect(
            written(.integer(6), .methodNotFound("ping"))
                == #"{"jsonrpc":"2.0","id":6,"error":{"code":-32601,"message":"Method not found: ping"}}"#)
        #expect(
            written(.integer(7), .unknownTool("nope"))
                == #"{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"Unknown tool: nope"}}"#)
        #expect(
            written(.integer(8), .limit(ReachedLimit("9 calls are under way", value: 9, setting: "max-calls")))
                == #"{"jsonrpc":"2.0","id":8,"error":{"code":-32603,"message":"Limit reached: 9 calls are under way, the most that max-calls allows; try again later","data":{"reason":"limit_reached","limit":9,"setting":"max-calls","retryable":true}}}"#
        )
        #expect(
            written(.integer(9), .unavailable("x", reason: "y", retryAfter: nil))
                == #"{"jsonrpc":"2.0","id":9,"error":{"code":-32603,"message":"Unavailable: x","data":{"reason":"y","retryable":false}}}"#)
        #expect(written(nil, .parseError()) == #"{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"}}"#)
        #expect(
            written(.string("a"), .custom(code: 7, message: "m", data: json("[1.0]")))
                == #"{"jsonrpc":"2.0","id":"a","error":{"code":7,"message":"m","data":[1.0]}}"#)
    }

    @Test func `what a client sent is not said back at any length`() {
        let long = String(repeating: "x", count: 1 << 20)
        let errors: [ProtocolError] = [
            .methodNotFound(long), .unknownTool(long), .headerMismatch(long), .unsupportedSessionVersion(long),
        ]
        for error in errors { #expect(error.message.utf8.count < 1024) }
        for error in [ProtocolError.invalidParams(long), .invalidEnvelope(long), .invalidRequest(long)] {
            #expect(error.message.utf8.count < 2100)
        }
        #expect(ProtocolError.unsupportedVersion(requested: long).data?.count ?? 0 < 512)
    }

    /// One character may be made of a million marks; what is cut is cut between them.
    @Test func `what is said back is cut by bytes`() {
        #expect(ProtocolError.brief("a" + String(repeating: "\u{301}", count: 1 << 20)).utf8.count < 250)
        for length in 190...260 {
            let text = String(repeating: "x", count: length - 1) + "😀é"
            let brief = ProtocolError.brief(text)
            #expect(brief == text || (brief.hasSuffix("…") && text.hasPrefix(brief.dropLast())))
            #expect(brief.utf8.count <= 243)
        }
    }

    /// What is made of parts that were within their limits may be beyond them as a whole: written values have none.
    @Test func `what this program has written is read whatever its size`() {
        let encoder = MessageEncoder(version: .v2026_07_28, server: ServerInfo(name: "host", version: "0.1.0"))
        let large = CallResult(content: [.text(String(repeating: "x", count: 5 << 20))])
        #expect(encoder.taskOutcome(large)["content"]?[0]?["text"]?.string?.utf8.count == 5 << 20)
        var deep = CallResult(content: [])
        deep.structured = json(String(repeating: "[", count: 128) + String(repeating: "]", count: 128))
        #expect(encoder.taskOutcome(deep)["structuredContent"]?.count == 1)
    }

    @Test func `messages of the ladder name what is wrong`() throws {
        let body = modern("tools/call", params: #""name":"b","arguments":{}"#, id: "3")
        let facts = HTTPFacts(protocolVersion: ["2026-07-28"], method: ["tools/call"], name: ["a"])
        let admission = Admission.decide(
            try inbound(body), over: .http(facts), session: .none, capabilities: everything)
        guard case .reject(let rejection) = admission else {
            Issue.record("not refused")
            return
        }
        #expect(
            text(rejection.bytes)
                == #"{"jsonrpc":"2.0","id":3,"error":{"code":-32020,"message":"Header mismatch: Mcp-Name header value 'a' does not match body value 'b'"}}"#
        )
    }
}
