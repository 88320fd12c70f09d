import Testing

@testable import MCP

struct MediaTypeTests {
    @Test(arguments: [
        (["application/json, text/event-stream"], true), (["text/event-stream, application/json"], true),
        (["text/event-stream,application/json"], true), (["application/json", "text/event-stream"], true),
        (["Application/JSON, TEXT/Event-Stream"], true), (["*/*"], true), (["application/*, text/*"], true), ([], true),
        (["application/json;q=0.9, text/event-stream;q=0.1"], true),
        (["application/json; charset=utf-8, */*;q=0.1"], true),
        (["application/json"], false), (["text/event-stream"], false), (["text/html"], false), ([""], false),
        (["*/*, text/event-stream;q=0"], false), (["application/json;q=0, */*"], false),
        (["application/jsonp, text/event-stream"], false), (["text/plain;x=\"a, application/json, */*\""], false),
        (["application/json;q=x, text/event-stream"], false),
    ])
    func `a client must take both JSON and event streams, however it says so`(values: [String], fine: Bool) {
        #expect(AcceptHeader(values).allowsMCP == fine)
    }

    @Test func `the most specific range decides`() {
        let header = AcceptHeader(["text/*;q=0.5, text/event-stream;q=0, */*;q=0.1"])
        #expect(!header.allows("text/event-stream"))
        #expect(header.allows("text/plain"))
        #expect(header.allows("application/json"))
    }

    @Test(arguments: [
        ("application/json", true), ("APPLICATION/Json ; Charset=\"UTF-8\"", true),
        ("application/json;charset=utf-8", true),
        ("application/json; charset=latin1", false), ("text/json", false), ("application/json-rpc", false), ("", false),
        ("application", false), ("application/json, text/plain", false),
    ])
    func `content types of JSON`(text: String, isJSON: Bool) {
        #expect((MediaType(text)?.isJSON ?? false) == isJSON)
    }
}
