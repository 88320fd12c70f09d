import JSON
import Testing

@testable import MCP

struct ToolDefinitionTests {
    private func tool(
        _ name: String = "t", description: String = "d", input: String = #"{"type":"object"}"#, output: String? = nil
    ) -> ToolDefinition {
        ToolDefinition(
            name: name, description: description, inputSchema: json(input), outputSchema: output.map { json($0) })
    }

    private func listed(_ tool: ToolDefinition, _ version: ProtocolVersion) -> String {
        var writer = JSONWriter()
        tool.write(to: &writer, for: version)
        return text(writer.bytes)
    }

    @Test func `a list in both eras`() {
        let server = ServerInfo(name: "host", version: "0.1.0")
        let legacy = MessageEncoder(version: .v2025_11_25, server: server)
        #expect(
            text(legacy.toolsList(id: .integer(1), tools: [tool("a"), tool("b")], nextCursor: ""))
                == #"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a","description":"d","inputSchema":{"type":"object"}},{"name":"b","description":"d","inputSchema":{"type":"object"}}],"nextCursor":""}}"#
        )
        let modern = MessageEncoder(version: .v2026_07_28, server: server)
        #expect(
            text(modern.toolsList(id: .integer(1), tools: [], cache: CacheHint(ttlMilliseconds: 5, scope: .public)))
                == #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","tools":[],"ttlMs":5,"cacheScope":"public","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"host","version":"0.1.0"}}}}"#
        )
    }

    @Test func `a schema passes unchanged, keywords and number text and order`() {
        let schema =
            ##"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","$defs":{"address":{"$anchor":"addressDef","type":"object","properties":{"street":{"type":"string"}}}},"properties":{"z":{"$ref":"#/$defs/address"},"a":{"type":"number","minimum":1.0,"multipleOf":1e-2}},"allOf":[{"anyOf":[{"required":["z"]},{"required":["a"]}]}],"if":{"properties":{"a":{"const":1}}},"then":{"required":["a"]},"else":{"required":["z"]},"additionalProperties":false}"##
        for version in ProtocolVersion.legacy + ProtocolVersion.modern {
            #expect(listed(tool(input: schema), version).contains("\"inputSchema\":\(schema)"))
        }
    }

    @Test func `members appear from the version that brought them`() {
        let full = ToolDefinition(
            name: "t", title: "T", description: "d", inputSchema: json(#"{"type":"object"}"#),
            outputSchema: json(#"{"type":"object"}"#), annotations: json(#"{"readOnlyHint":true}"#),
            icons: json(#"[{"src":"https://i.example"}]"#), meta: json(#"{"k":1}"#))
        func members(_ version: ProtocolVersion) -> [String] {
            json(listed(full, version)).members.map { $0.key.string ?? "" }
        }
        #expect(members(.v2024_11_05) == ["name", "description", "inputSchema"])
        #expect(members(.v2025_03_26) == ["name", "description", "inputSchema", "annotations"])
        #expect(
            members(.v2025_06_18)
                == ["name", "title", "description", "inputSchema", "outputSchema", "annotations", "_meta"])
        for version in [ProtocolVersion.v2025_11_25, .v2026_07_28] {
            #expect(
                members(version)
                    == ["name", "title", "description", "inputSchema", "outputSchema", "annotations", "icons", "_meta"])
        }
    }

    @Test func `an output schema that isn't an object's is for modern clients only`() {
        let array = tool(output: #"{"type":"array"}"#)
        #expect(!listed(array, .v2025_11_25).contains("outputSchema"))
        #expect(listed(array, .v2026_07_28).contains(#""outputSchema":{"type":"array"}"#))
    }

    @Test func `boolean properties are left out for legacy clients`() {
        let schema = #"{"type":"object","properties":{"a":true,"b":{"type":"string"},"c":false},"required":["b"]}"#
        #expect(
            listed(tool(input: schema), .v2025_11_25).contains(
                #""inputSchema":{"type":"object","properties":{"b":{"type":"string"}},"required":["b"]}"#))
        #expect(listed(tool(input: schema), .v2026_07_28).contains(schema))
    }

    @Test(arguments: [
        ("a", true), ("A-b_c.9", true), (String(repeating: "x", count: 64), true),
        (String(repeating: "x", count: 65), false), ("", false), ("a b", false), ("a:b", false), ("a/b", false),
        ("ä", false),
    ])
    func `names are those that every client takes`(name: String, fine: Bool) {
        #expect(tool(name).problems().isEmpty == fine)
    }

    @Test(arguments: ["", "  \n"])
    func `a description is needed`(description: String) {
        #expect(tool(description: description).problems() == ["the description is empty"])
    }

    @Test(arguments: ["null", "true", "[]", "{}", #"{"type":"string"}"#, #"{"type":["object"]}"#])
    func `the input schema is an object's`(schema: String) {
        #expect(tool(input: schema).problems().count == 1)
    }

    @Test(arguments: [
        (#""a":{"type":"string","x-mcp-header":"Region"}"#, 0),
        (#""a":{"type":"integer","x-mcp-header":"A"},"b":{"type":"boolean","x-mcp-header":"B"}"#, 0),
        (#""o":{"type":"object","properties":{"in":{"type":"string","x-mcp-header":"In"}}}"#, 0),
        (#""x-mcp-header":{"type":"string"}"#, 0), (#""a":{"enum":[{"x-mcp-header":1}]}"#, 0),
        (#""a":{"type":"number","x-mcp-header":"A"}"#, 1), (#""a":{"x-mcp-header":"A"}"#, 1),
        (#""a":{"type":"array","x-mcp-header":"A"}"#, 1), (#""a":{"type":"string","x-mcp-header":""}"#, 1),
        (#""a":{"type":"string","x-mcp-header":"a b"}"#, 1), (#""a":{"type":"string","x-mcp-header":1}"#, 1),
        (#""a":{"type":"string","x-mcp-header":"X"},"b":{"type":"string","x-mcp-header":"x"}"#, 1),
        (#""a":{"type":"array","items":{"type":"string","x-mcp-header":"A"}}"#, 1),
        (#""a":{"anyOf":[{"type":"string","x-mcp-header":"A"}]}"#, 1),
    ])
    func `x-mcp-header is checked by its rules`(properties: String, problems: Int) {
        let found = tool(input: #"{"type":"object","properties":{\#(properties)}}"#).problems()
        #expect(found.count == problems, "\(found)")
    }

    @Test(
        arguments: [
            (#"{"region":"eu"}"#, ["eu"], true), (#"{"region":"eu"}"#, ["EU"], false), (#"{"region":"eu"}"#, [], false),
            (#"{"region":"ü"}"#, ["=?base64?w7w=?="], true), (#"{"region":""}"#, [""], true), (#"{}"#, [], true),
            (#"{"region":null}"#, [], true), (#"{"region":null}"#, ["eu"], false), (#"{}"#, ["eu"], false),
            (#"{"region":"eu"}"#, ["eu", "eu"], false), (#"{"region":42}"#, ["42.0"], true),
            (#"{"region":42.0}"#, ["42"], true), (#"{"region":42}"#, ["43"], false), (#"{"region":42}"#, ["x"], false),
            (#"{"region":true}"#, ["true"], true), (#"{"region":true}"#, ["1"], false),
            (#"{"region":42}"#, ["=?base64?IDQy?="], false), (#"{"region":42}"#, ["=?base64?NDIK?="], false),
            (#"{"region":9007199254740991}"#, ["9007199254740991"], true),
            (#"{"region":9007199254740992}"#, ["9007199254740992"], false),
            (#"{"region":-9007199254740992}"#, ["-9007199254740992"], false),
            (#"{"region":123456789012345678901}"#, ["123456789012345678901"], false), (#"{"region":1e400}"#, ["1e400"], false),
            // Two readers could see two values.
            (#"{"region":"us","regi\u006fn":"eu"}"#, ["eu"], false), (#"{"region":"eu","region":"eu"}"#, ["eu"], false),
        ] as [(String, [String], Bool)])
    func `a mirrored argument must be what its header says`(arguments: String, header: [String], same: Bool) {
        let mirrored = tool(
            input: #"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}"#)
        let headers = header.map { (name: "mcp-param-region", value: $0) }
        let error = mirrored.headerMismatch(arguments: json(arguments), headers: headers)
        #expect((error == nil) == same)
        if let error { #expect(error.code == -32020) }
    }

    @Test func `what can't be mirrored is told from what differs`() {
        let mirrored = tool(input: #"{"type":"object","properties":{"n":{"type":"integer","x-mcp-header":"N"}}}"#)
        func message(_ arguments: String, _ value: String) -> String {
            mirrored.headerMismatch(arguments: json(arguments), headers: [(name: "mcp-param-n", value: value)])?.message ?? ""
        }
        #expect(message(#"{"n":9007199254740992}"#, "9007199254740992").contains("beyond ±(2^53"))
        #expect(message(#"{"n":1,"n":2}"#, "2").contains("is there twice"))
        #expect(message(#"{"n":1}"#, "2").contains("does not match"))
    }
}
