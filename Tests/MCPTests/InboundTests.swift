import JSON
import Testing

@testable import MCP

struct InboundTests {
    @Test(
        arguments: [
            ("{", -32700, nil), ("", -32700, nil), ("\u{FEFF}{}", -32700, nil),
            ("[]", -32600, nil), (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600, nil), ("1", -32600, nil),
            (#"{"id":7,"method":"ping"}"#, -32600, .integer(7)),
            (#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, -32600, .string("a")),
            (#"{"jsonrpc":2.0,"id":"a","method":"ping"}"#, -32600, .string("a")),
            (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":1,"method":7}"#, -32600, .integer(1)),
            (#"{"jsonrpc":"2.0","id":1}"#, -32600, .integer(1)),
            // The id of a response is one of ours.
            (#"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","result":{}}"#, -32600, nil),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, -32602, .integer(1)),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":null}"#, -32602, .integer(1)),
        ] as [(String, Int, RequestID?)])
    func `what is no message is refused with 400 and the id that could be read`(
        text: String, code: Int, id: RequestID?
    ) {
        let rejection = refusal(text)
        #expect(rejection?.error.code == code)
        #expect(rejection?.id == id)
        #expect(rejection?.httpStatus == 400)
    }

    @Test func `shapes are told apart`() throws {
        #expect(try inbound(request("ping")).shape == .request)
        #expect(try inbound(notification("notifications/initialized")).shape == .notification)
        let response = try inbound(#"{"jsonrpc":"2.0","id":"s","result":{}}"#)
        #expect(response.shape == .response)
        #expect(response.method == "")
        #expect(try inbound(#"{"jsonrpc":"2.0","id":"s","error":{"code":1,"message":""}}"#).shape == .response)
        #expect(try inbound(#"{"jsonrpc":"2.0","id":1,"method":"x/y"}"#).known == nil)
        #expect(try inbound(#"{"jsonrpc":"2.0","id":1,"method":"x/y"}"#).params == nil)
    }

    @Test(arguments: [
        "1", "-7", "9223372036854775807", "\"1\"", "\"\"", "42.0", "-0", "12345678901234567890123", "1e3",
    ])
    func `an id goes back with the same type and text`(id: String) throws {
        let message = try inbound(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#)
        let encoder = MessageEncoder(version: .v2025_11_25, server: ServerInfo(name: "h", version: "1"))
        let written = text(encoder.emptyResult(id: try #require(message.id)))
        #expect(written == #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#)
    }

    @Test func `a string id is not a number id`() throws {
        let ids: Set<RequestID> = [.integer(1), .string("1"), .number(text: "1.0")]
        #expect(ids.count == 3)
    }

    @Test func `a transport's limit is the only one of its messages`() throws {
        let text = Array(#"{"jsonrpc":"2.0","id":1,"method":"\#(String(repeating: "m", count: 5 << 20))"}"#.utf8)
        #expect(throws: Never.self) { try InboundFrame.parse(text, atMost: 6 << 20).get() }
        #expect(throws: Rejection.self) { try InboundFrame.parse(text, atMost: 5 << 20).get() }
        #expect(throws: Rejection.self) { try Inbound.parse(text).get() }
    }

    @Test func `limits of the scanner apply`() {
        let deep = request("ping", params: String(repeating: #"{"a":"#, count: 200))
        #expect(refusal(deep)?.error.code == -32700)
        #expect(refusal(deep)?.error.message.contains("nested too deeply (at byte") == true)
    }
}
