import JSON
import MCP
import Testing

/// How failures read: to people, and to agents that mend their arguments by them.
struct SchemaFailureTests {
    static let server = """
        {"type":"object","properties":{
        "port":{"type":"integer","minimum":1,"maximum":65535},"host":{"type":"string","minLength":1},"mode":{"enum":["fast","slow"]},
        "tags":{"type":"array","items":{"type":"string","maxLength":5},"uniqueItems":true},
        "options":{"type":"object","properties":{"retries":{"type":"array","items":{"type":"integer"}},
        "token":{"type":"string","pattern":"^[a-z]+$","writeOnly":true}},"required":["retries"],"additionalProperties":false}},
        "required":["port"],"additionalProperties":false}
        """

    @Test(
        arguments: [
            (#"{"port":"80"}"#, #"`port` must be an integer from 1 to 65535, it is "80" (#/properties/port/type)"#),
            (#"{"port":0}"#, "`port` must be an integer from 1 to 65535, it is 0 (#/properties/port/minimum)"),
            (
                #"{"port":1,"host":""}"#,
                "`host` must be a string of at least 1 character, it has 0 characters (#/properties/host/minLength)"
            ),
            (#"{"port":1,"mode":"x"}"#, #"`mode` must be one of "fast", "slow", it is "x" (#/properties/mode/enum)"#),
            (
                #"{"port":1,"tags":["a","b","a"]}"#,
                "`tags` must not hold an element twice, but elements 0 and 2 are equal (#/properties/tags/uniqueItems)"
            ),
            (
                #"{"port":1,"options":{"retries":[1,2,"x"]}}"#,
                #"`options.retries[2]` must be an integer, it is "x" (#/properties/options/properties/retries/items/type)"#
            ),
            (
                #"{"port":1,"options":{"retries":[],"retires":1}}"#,
                "`options.retires` is not allowed; did you mean `retries`? (#/properties/options/additionalProperties)"
            ),
            (#"{"port":1,"options":{}}"#, "`options.retries` is missing, it is required: an array (#/properties/options/required)"),
            (#"{}"#, "`port` is missing, it is required: an integer from 1 to 65535 (#/required)"),
            (#"[]"#, "the value must be an object, it is [] (#/type)"),
            (
                #"{"port":1,"a b":0}"#,
                #"`["a b"]` is not allowed; allowed here: `port`, `host`, `mode`, `tags`, `options` (#/additionalProperties)"#
            ),
            (
                #"{"port":1,"options":{"retries":[],"token":"UPPER"}}"#,
                "`options.token` must be a string that matches ^[a-z]+$, it is another string "
                    + "(#/properties/options/properties/token/pattern)"
            ),
        ])
    func `a failure says where, what is asked for and what is there`(value: String, expected: String) throws {
        #expect(try failures(Self.server, value) == [expected])
    }

    @Test(
        arguments: [
            (#"{"const":{"a":1}}"#, "1", #"the value must be {"a":1}, it is 1 (#/const)"#),
            (#"{"not":{"type":"string"}}"#, "\"x\"", "the value must not be a string (#/not)"),
            (#"{"minItems":2}"#, "[1]", "the value must be an array of at least 2 elements, it has 1 element (#/minItems)"),
            (#"{"maxProperties":0}"#, #"{"a":1}"#, "the value must be an object of at most 0 members, it has 1 member (#/maxProperties)"),
            (#"{"multipleOf":0.01}"#, "1.005", "the value must be a number that is a multiple of 0.01, it is 1.005 (#/multipleOf)"),
            (#"{"exclusiveMinimum":0}"#, "0", "the value must be a number above 0, it is 0 (#/exclusiveMinimum)"),
            (#"{"properties":{"a":false}}"#, #"{"a":1}"#, "`a` must not be there (#/properties/a)"),
            (#"{"unevaluatedItems":false,"prefixItems":[{}]}"#, "[1,2]", "`[1]` is not allowed (#/unevaluatedItems)"),
            (#"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1}"#, "`b` is missing, it is required where `a` is given (#/dependentRequired)"),
            (
                #"{"contains":{"type":"integer"},"minContains":2}"#, "[1]",
                "the value must hold at least 2 elements that fit: an integer; it holds 1 (#/minContains)"
            ),
            (
                #"{"contains":{"type":"integer"},"maxContains":1}"#, "[1,2]",
                "the value may hold no more than 1 element that fit: an integer (#/maxContains)"
            ),
            (
                #"{"properties":{"o":{"propertyNames":{"maxLength":2}}}}"#, #"{"o":{"abc":1}}"#,
                #"the name "abc" in `o` must be a string of at most 2 characters, it has 3 characters "#
                    + "(#/properties/o/propertyNames/maxLength)"
            ),
            (
                #"{"oneOf":[{"type":"integer"},{"minimum":3}]}"#, "5",
                "the value fits alternative 1 and alternative 2, and must fit exactly one (#/oneOf)"
            ),
            (
                #"{"anyOf":[{"type":"object","properties":{"kind":{"const":"a"},"x":{"type":"integer"}}},"#
                    + #"{"type":"object","properties":{"kind":{"const":"b"},"y":{"type":"string"}}}]}"#, #"{"kind":"b","x":1,"y":2}"#,
                "the value fits none of 2 alternatives; the nearest is number 2, but `y` must be a string, it is 2 (#/anyOf)"
            ),
            (#"{"if":{"required":["a"]},"then":{"required":["b"]}}"#, #"{"a":1}"#, "`b` is missing, it is required (#/then/required)"),
            (
                ##"{"$ref":"#/$defs/a~0b","$defs":{"a~b":{"type":"null"}}}"##, "1", "the value must be null, it is 1 (#/$defs/a~0b/type)"
            ),
        ])
    func `each kind of rule has its sentence`(schema: String, value: String, expected: String) throws {
        #expect(try failures(schema, value) == [expected])
    }

    @Test func `all failures are found up to the number that is asked for`() throws {
        let schema = try compile(#"{"items":{"type":"integer"}}"#)
        let value = json(#"["a",1,"b","c"]"#)
        #expect(schema.failures(of: value, atMost: 9).map(\.instancePointer) == ["/0", "/2", "/3"])
        #expect(schema.failures(of: value, atMost: 2).map(\.instancePath) == ["[0]", "[2]"])
        #expect(schema.validate(value)?.keyword == "type")
        #expect(schema.validate(json("[1]")) == nil)
    }

    @Test func `secrets are not quoted where the caller says so`() throws {
        let schema = #"{"properties":{"token":{"type":"string","pattern":"^x"},"port":{"type":"integer"}}}"#
        let all = try failures(schema, #"{"token":"hunter2","port":"hunter2"}"#, showingValues: false)
        #expect(all.count == 2)
        #expect(!all.contains { $0.contains("hunter2") }, "\(all)")
        #expect(all.last?.hasPrefix("`port` must be an integer, it is a string") == true)
    }

    @Test func `long values are cut`() throws {
        let text = String(repeating: "é", count: 500)
        let failure = try #require(try failures(#"{"type":"null"}"#, "\"\(text)\"").first)
        #expect(failure.utf8.count < 250)
        #expect(failure.contains("(500 characters)"))
        #expect(
            try failures(#"{"type":"null"}"#, "[\(Array(repeating: "1", count: 100).joined(separator: ","))]").first?.contains(
                "an array of 100 elements") == true)
    }

    @Test func `a part of a document is checked like a document`() throws {
        let call = json(#"{"name":"x","arguments":{"port":"80"}}"#)
        let arguments = try #require(call["arguments"])
        #expect(try compile(Self.server).validate(arguments)?.instancePointer == "/port")
    }
}
