import JSON
import Testing

@testable import MCP

struct InputRequestTests {
    private func context(_ capabilities: String, _ version: ProtocolVersion = .v2026_07_28) -> RequestContext {
        RequestContext(version: version, client: ClientDescription(info: nil, capabilities: json(capabilities)), logLevel: nil)
    }

    private func refusal(
        _ kind: AskKind, _ params: String, _ capabilities: String, _ version: ProtocolVersion = .v2026_07_28
    ) -> String? {
        InputRequest(key: "k", kind: kind, params: json(params)).refusal(in: context(capabilities, version))?.text
    }

    private func form(_ properties: String) -> String {
        #"{"message":"Which?","requestedSchema":{"type":"object","properties":{\#(properties)}}}"#
    }

    @Test(arguments: [
        (AskKind.elicitation, #"{"message":"m","requestedSchema":{"type":"object","properties":{}}}"#, #"{"elicitation":{}}"#),
        (.elicitation, #"{"mode":"url","message":"m","url":"https://a.example/x"}"#, #"{"elicitation":{"url":{}}}"#),
        (.sampling, #"{"messages":[{"role":"user","content":{"type":"text","text":"x"}}],"maxTokens":5}"#, #"{"sampling":{}}"#),
        (
            .sampling, #"{"messages":[{"role":"user","content":{"type":"text","text":"x"}}],"maxTokens":5,"tools":[]}"#,
            #"{"sampling":{"tools":{}}}"#
        ),
        (
            .sampling, #"{"messages":[{"role":"user","content":{"type":"text","text":"x"}}],"maxTokens":5,"includeContext":"allServers"}"#,
            #"{"sampling":{"context":{}}}"#
        ),
        (.roots, "{}", #"{"roots":{}}"#),
    ])
    func `asks only what the client declared`(kind: AskKind, params: String, capability: String) {
        #expect(refusal(kind, params, capability) == nil)
        #expect(refusal(kind, params, "{}")?.contains("did not declare") == true)
    }

    @Test func `an empty elicitation capability means forms, a capability for URLs alone does not`() {
        let url = #"{"mode":"url","message":"m","url":"https://a.example/"}"#
        #expect(refusal(.elicitation, url, #"{"elicitation":{}}"#) != nil)
        #expect(refusal(.elicitation, form(""), #"{"elicitation":{"url":{}}}"#) != nil)
        // It is told to add what it has not said yet.
        for (declared, missing) in [(#"{"elicitation":{"url":{}}}"#, #"{"elicitation":{"form":{}}}"#), ("{}", #"{"elicitation":{}}"#)] {
            guard
                case .missingCapability(_, let required)? = InputRequest(key: "k", kind: .elicitation, params: json(form("")))
                    .refusal(in: context(declared))
            else {
                Issue.record("not refused for \(declared)")
                continue
            }
            #expect("\(required)" == missing)
        }
        #expect(refusal(.elicitation, form(""), #"{"elicitation":{"url":{},"form":{}}}"#) == nil)
        // A null is no declaration.
        #expect(refusal(.roots, "{}", #"{"roots":null}"#) != nil)
    }

    @Test func `versions that do not know a question are not asked it`() {
        let all = #"{"elicitation":{"form":{},"url":{}},"sampling":{"tools":{}},"roots":{}}"#
        #expect(refusal(.elicitation, form(""), all, .v2025_03_26)?.contains("2025-06-18") == true)
        #expect(refusal(.elicitation, form(""), all, .v2025_06_18) == nil)
        #expect(refusal(.elicitation, #"{"mode":"url","message":"m","url":"https://a.example/"}"#, all, .v2025_06_18) != nil)
        let titled = form(#""a":{"type":"string","oneOf":[{"const":"x","title":"X"}]}"#)
        #expect(refusal(.elicitation, titled, all, .v2025_06_18)?.contains("2025-11-25") == true)
        #expect(refusal(.elicitation, titled, all, .v2025_11_25) == nil)
        let several = form(#""a":{"type":"array","items":{"type":"string","enum":["x"]}}"#)
        #expect(refusal(.elicitation, several, all, .v2025_06_18) != nil && refusal(.elicitation, several, all) == nil)
        #expect(refusal(.roots, "{}", all, .v2024_11_05) == nil)
    }

    @Test(arguments: [
        #""a":{"type":"string","minLength":1,"maxLength":5,"format":"email","default":"x"}"#,
        #""a":{"type":"integer","minimum":1},"b":{"type":"number"},"c":{"type":"boolean","default":true}"#,
        #""a":{"type":"string","enum":["x","y"]}"#,
        #""a":{"type":"string","enum":["x"],"enumNames":["X"]}"#,
        #""a":{"type":"string","oneOf":[{"const":"x","title":"X"}]}"#,
        #""a":{"type":"array","minItems":1,"items":{"type":"string","enum":["x"]}}"#,
        #""a":{"type":"array","items":{"anyOf":[{"const":"x","title":"X"}]}}"#,
    ])
    func `forms of scalars and choices are asked`(properties: String) {
        #expect(refusal(.elicitation, form(properties), #"{"elicitation":{}}"#) == nil)
    }

    @Test(arguments: [
        (#""a":{"type":"object"}"#, "of type object"), (#""a":{"type":"array","items":{"type":"object"}}"#, "items"),
        (#""a":{"type":"string","format":"ipv4"}"#, "format"), (#""a":{}"#, "type"),
        (#""a":{"type":"string","oneOf":[{"const":"x"}]}"#, "title"), (#""a":{"type":"string","enum":[1]}"#, "enum"),
    ])
    func `what is no form is the asker's mistake`(properties: String, word: String) {
        #expect(refusal(.elicitation, form(properties), #"{"elicitation":{}}"#)?.contains(word) == true)
    }

    @Test func `required names properties`() {
        let wrong = #"{"message":"m","requestedSchema":{"type":"object","properties":{},"required":["b"]}}"#
        #expect(refusal(.elicitation, wrong, #"{"elicitation":{}}"#)?.contains("no property") == true)
    }

    @Test(arguments: [
        ("https://a.example/x?y", true), ("http://localhost:8080/", true), ("http://[::1]:9/", true), ("http://127.0.0.1/", true),
        ("http://a.example/", false), ("ftp://a.example/", false), ("https://me:secret@a.example/", false), ("https:///x", false),
        ("https://a.example/ x", false), ("http://localhost.evil.example/", false), ("http://127.0.0.1@evil.example/", false),
    ])
    func `a URL is https, but for this machine, and carries nobody's credentials`(url: String, isTaken: Bool) {
        let params = #"{"mode":"url","message":"m","url":"\#(url)"}"#
        #expect((refusal(.elicitation, params, #"{"elicitation":{"url":{}}}"#) == nil) == isTaken)
    }

    @Test(arguments: [
        (#"{"messages":[],"maxTokens":5}"#, "messages"), (#"{"messages":[{"role":"user","content":{}}]}"#, "maxTokens"),
        (#"{"messages":[{"role":"system","content":{}}],"maxTokens":1}"#, "role"),
        (
            #"{"messages":[{"role":"user","content":[{"type":"tool_result","toolUseId":"a"},{"type":"text"}]}],"maxTokens":1}"#,
            "tool results"
        ),
        (#"{"messages":[{"role":"user","content":[{"type":"tool_result","toolUseId":"a"}]}],"maxTokens":1}"#, "answers a tool use"),
        (
            #"{"messages":[{"role":"assistant","content":{"type":"tool_use","id":"a"}},{"role":"user","content":{"type":"text"}}],"maxTokens":1}"#,
            "is answered"
        ),
    ])
    func `sampling is checked`(params: String, word: String) {
        #expect(refusal(.sampling, params, #"{"sampling":{}}"#)?.contains(word) == true)
    }

    @Test(arguments: [
        (#"{"action":"accept","content":{"name":"Ada"}}"#, true), (#"{"action":"decline"}"#, true), (#"{"action":"cancel"}"#, true),
        (#"{"action":"accept"}"#, false), (#"{"action":"accept","content":{}}"#, false),
        (#"{"action":"accept","content":{"name":1}}"#, false),
        (#"{"action":"yes"}"#, false), ("null", false), ("7", false), ("{}", false),
    ])
    func `an answer to a form satisfies its schema`(answer: String, isTaken: Bool) {
        let params = #"{"message":"m","requestedSchema":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}}"#
        let request = InputRequest(key: "k", kind: .elicitation, params: json(params))
        #expect((request.problem(withAnswer: json(answer)) == nil) == isTaken)
    }

    @Test func `an answer that is private is not quoted`() {
        let params = #"{"message":"m","requestedSchema":{"type":"object","properties":{"pin":{"type":"integer"}}}}"#
        let problem = InputRequest(key: "k", kind: .elicitation, params: json(params))
            .problem(withAnswer: json(#"{"action":"accept","content":{"pin":"s3cret"}}"#))
        #expect(problem != nil && problem?.contains("s3cret") == false)
    }

    @Test func `roots are files, a sample has a role, a model and content`() {
        let roots = InputRequest(key: "k", kind: .roots, params: json("{}"))
        #expect(roots.problem(withAnswer: json(#"{"roots":[{"uri":"file:///a"}]}"#)) == nil)
        #expect(roots.problem(withAnswer: json(#"{"roots":[{"uri":"https://a"}]}"#)) != nil && roots.problem(withAnswer: json("{}")) != nil)
        let sample = InputRequest(key: "k", kind: .sampling, params: json("{}"))
        #expect(sample.problem(withAnswer: json(#"{"role":"assistant","model":"m","content":{"type":"text","text":"x"}}"#)) == nil)
        #expect(sample.problem(withAnswer: json(#"{"role":"assistant","content":{}}"#)) != nil)
    }

    // MARK: - On the wire

    private func encoder(_ version: ProtocolVersion) -> MessageEncoder {
        MessageEncoder(version: version, server: ServerInfo(name: "host", version: "0.1.0"))
    }

    @Test func `modern: input_required`() {
        let request = InputRequest(
            key: "who", kind: .elicitation,
            params: json(#"{"mode":"form","message":"Name?","requestedSchema":{"type":"object","properties":{}}}"#))
        #expect(
            text(encoder(.v2026_07_28).inputRequired(id: .integer(10), [request], state: "v1.x"))
                == #"{"jsonrpc":"2.0","id":10,"result":{"resultType":"input_required","inputRequests":{"who":{"method":"elicitation/create","params":{"mode":"form","message":"Name?","requestedSchema":{"type":"object","properties":{}}}}},"requestState":"v1.x","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"host","version":"0.1.0"}}}}"#
        )
    }

    @Test func `legacy: a request of the server's, as its version has it`() {
        let form = InputRequest(key: "who", kind: .elicitation, params: json(#"{"mode":"form","message":"?","requestedSchema":{}}"#))
        #expect(
            text(encoder(.v2025_06_18).ask(id: "srv-1", form))
                == #"{"jsonrpc":"2.0","id":"srv-1","method":"elicitation/create","params":{"message":"?","requestedSchema":{}}}"#)
        let url = InputRequest(key: "u", kind: .elicitation, params: json(#"{"mode":"url","message":"?","url":"https://a.example/"}"#))
        #expect(
            text(encoder(.v2025_11_25).ask(id: "srv-2", url))
                == #"{"jsonrpc":"2.0","id":"srv-2","method":"elicitation/create","params":{"mode":"url","message":"?","url":"https://a.example/","elicitationId":"srv-2"}}"#
        )
        #expect(
            text(encoder(.v2025_11_25).ask(id: "srv-3", InputRequest(key: "r", kind: .roots, params: json("{}"))))
                == #"{"jsonrpc":"2.0","id":"srv-3","method":"roots/list","params":{}}"#)
    }

    @Test(arguments: [
        (#""inputResponses":[]"#, false), (#""inputResponses":null"#, false), (#""inputResponses":{"a":7}"#, true),
        (#""requestState":7"#, false),
    ])
    func `what comes back has its shape`(member: String, isTaken: Bool) throws {
        let parsed = InputResponses.parse(try inbound(modern("tools/call", params: #""name":"t",\#(member)"#)))
        if case .success(let responses) = parsed {
            #expect(isTaken && responses["a"]?.int64 == 7 && responses["b"] == nil)
        } else {
            #expect(!isTaken)
        }
    }
}
