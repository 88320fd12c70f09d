import JSON
import Testing

@testable import MCP

/// Prompts and completion in each version.
@Suite struct PromptTests {
    private func encoder(_ version: ProtocolVersion) -> MessageEncoder {
        MessageEncoder(version: version, server: ServerInfo(name: "host", version: "0.1.0"))
    }

    private func result(_ bytes: [UInt8]) throws -> JSONValue { try #require(try JSONDocument(bytes).root["result"]) }

    private let full = PromptDefinition(
        name: "p", title: "P", description: "d",
        arguments: [.init(name: "a", title: "A", description: "x", isRequired: true), .init(name: "b")],
        icons: json(#"[{"src":"https://i.example"}]"#), meta: json(#"{"k":1}"#))

    @Test(arguments: ProtocolVersion.legacy + ProtocolVersion.modern)
    func aListHasWhatItsVersionKnows(_ version: ProtocolVersion) throws {
        let list = try result(encoder(version).promptsList(id: .integer(1), prompts: [full], nextCursor: "c"))
        let prompt = list["prompts"]?[0]
        #expect(prompt?["name"]?.string == "p" && list["nextCursor"]?.string == "c")
        #expect((prompt?["title"] != nil) == (version >= .v2025_06_18))
        #expect((prompt?["icons"] != nil) == (version >= .v2025_11_25))
        let argument = prompt?["arguments"]?[0]
        #expect(argument?["required"]?.bool == true && (argument?["title"] != nil) == (version >= .v2025_06_18))
        #expect(prompt?["arguments"]?[1]?["required"] == nil)
        #expect((list["ttlMs"] != nil) == (version.era == .modern))
    }

    /// One block a message; kinds that a version doesn't know become text.
    @Test(arguments: ProtocolVersion.legacy + ProtocolVersion.modern)
    func aMessageForEachBlock(_ version: ProtocolVersion) throws {
        let made = try result(
            encoder(version).promptResult(
                id: .integer(1),
                CallResult(
                    content: [.text("x"), .audio(data: [1], mimeType: "audio/wav"), .resourceLink(ResourceLink(uri: "t://x", name: "n"))],
                    roles: [.assistant], description: "what it is")))
        let messages = try #require(made["messages"])
        #expect(made["description"]?.string == "what it is" && messages.count == 3)
        #expect(messages[0]?["role"]?.string == "assistant" && messages[1]?["role"]?.string == "user")
        #expect(messages[1]?["content"]?["type"]?.string == (version >= .v2025_03_26 ? "audio" : "text"))
        #expect(messages[2]?["content"]?["type"]?.string == (version >= .v2025_06_18 ? "resource_link" : "text"))
        #expect((made["resultType"] != nil) == (version.era == .modern) && made["ttlMs"] == nil)
    }

    @Test func nothingToSuggestIsAnEmptyList() throws {
        #expect(try result(encoder(.v2025_11_25).completionResult(id: .integer(1), nil))["completion"]?["values"]?.count == 0)
        let some = CallResult(content: [], structured: json(#"{"values":["a"],"total":3}"#))
        #expect(try result(encoder(.v2026_07_28).completionResult(id: .integer(1), some))["completion"]?["total"]?.int64 == 3)
    }

    /// The capability came with 2025-03-26, the method is older.
    @Test func completionIsACapabilityFrom2025_03_26() {
        func written(_ version: ProtocolVersion) -> String {
            var writer = JSONWriter()
            ServerCapabilities(prompts: .init(listChanged: true), completions: true).write(to: &writer, for: version)
            return text(writer.bytes)
        }
        #expect(written(.v2024_11_05) == #"{"prompts":{"listChanged":true}}"#)
        #expect(written(.v2025_03_26) == #"{"prompts":{"listChanged":true},"completions":{}}"#)
        #expect(ServerCapabilities(completions: true).serves(.complete, .legacy) && !ServerCapabilities().serves(.complete, .modern))
        #expect(!ServerCapabilities().serves(.promptsGet, .legacy) && !ServerCapabilities().serves(.promptsList, .modern))
    }

    @Test(
        arguments: [
            (#"{"a":"1"}"#, nil), (#"{"a":"1","c":"2"}"#, nil), (#"{}"#, "needs the argument 'a'"), (#"{"a":1}"#, "must be a string"),
        ] as [(String, String?)])
    func argumentsAreCheckedBeforeThePluginIsAsked(_ given: String, _ problem: String?) {
        let found = full.problem(in: json(given))
        #expect((found == nil) == (problem == nil) && found?.contains(problem ?? "") != false)
        #expect(full.problem(in: nil)?.contains("needs the argument 'a'") == true)
    }

    @Test(
        arguments: [
            (#"{"ref":{"type":"ref/prompt","name":"p"},"argument":{"name":"a","value":""}}"#, nil),
            (
                #"{"ref":{"type":"ref/resource","uri":"t://{a}"},"argument":{"name":"a","value":"x"},"context":{"arguments":{"b":"y"}}}"#,
                nil
            ),
            (#"{"ref":{"type":"ref/else"},"argument":{"name":"a","value":""}}"#, "ref.type"), (#"{}"#, "ref must be"),
            (#"{"ref":{"type":"ref/prompt"},"argument":{"name":"a","value":""}}"#, "ref.name"),
            (#"{"ref":{"type":"ref/prompt","name":"p"},"argument":{"name":"a"}}"#, "argument must be"),
            (#"{"ref":{"type":"ref/prompt","name":"p"},"argument":{"name":"a","value":""},"context":{"arguments":{"b":1}}}"#, "context"),
        ] as [(String, String?)])
    func aCompletionIsParsed(_ params: String, _ problem: String?) throws {
        switch CompletionRequest.parse(try inbound(request("completion/complete", params: params))) {
        case .success(let completion):
            #expect(problem == nil && completion.argument == "a")
            #expect(text(completion.arguments.compact) == params)
        case .failure(let error): #expect(error.code == -32602 && problem.map(error.message.contains) == true, "\(error.message)")
        }
    }

    @Test func aSchemaThatTakesAnyObjectCostsNothing() {
        func compiled(_ input: String) -> Bool {
            ToolSchemas(ToolDefinition(name: "t", description: "d", inputSchema: json(input))).input != nil
        }
        #expect(!compiled(#"{"type":"object"}"#) && !compiled(#"{"type":"object","properties":{},"description":"x"}"#))
        #expect(compiled(#"{"type":"object","additionalProperties":false}"#) && compiled(#"{"type":"object","required":["a"]}"#))
    }
}
