import Foundation
import JSON
import MCP
import Testing

/// Schemas and values that are made to do harm: each ends after a bounded number of steps, with a value that says so.
struct SchemaLimitTests {
    private func refusal(_ schema: JSONValue, limits: SchemaLimits = .standard) -> SchemaError? {
        do throws(SchemaError) {
            _ = try Schema.compile(schema, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func `alternatives that multiply end with the budget`() throws {
        // Each level applies the next twice: 2^60 checks.
        let levels = (0..<60).map { ##""\##($0)":{"allOf":[{"$ref":"#/$defs/\##($0 + 1)"},{"$ref":"#/$defs/\##($0 + 1)"}]}"## }
        let schema = try compile(
            ##"{"$ref":"#/$defs/0","$defs":{\##(levels.joined(separator: ",")),"60":{"type":"integer"}}}"##,
            limits: SchemaLimits(maxSteps: 100_000))
        let failure = try #require(schema.validate(json("1")))
        #expect(failure.isLimit)
        #expect(failure.message.contains("steps"))
        #expect(schema.failures(of: json("1"), atMost: 5) == [failure])
    }

    @Test func `the budget is counted, not timed`() throws {
        let schema = try compile(#"{"items":{"type":"integer"}}"#)
        let value = json("[\(Array(repeating: "1", count: 100).joined(separator: ","))]")
        var limits = SchemaLimits.standard
        limits.maxSteps = 100
        #expect(schema.validate(value, limits: limits)?.isLimit == true)
        limits.maxSteps = 1000
        #expect(schema.validate(value, limits: limits) == nil)
    }

    @Test func `a budget that ends below 'not' is no success`() throws {
        var limits = SchemaLimits.standard
        limits.maxSteps = 20
        let value = json("[\(Array(repeating: "1", count: 100).joined(separator: ","))]")
        for schema in [
            #"{"not":{"items":{"type":"integer"}}}"#, #"{"if":{"items":{"type":"integer"}},"else":true}"#,
            #"{"anyOf":[{"items":{"type":"integer"}},true]}"#, #"{"contains":{"type":"string"},"minContains":0}"#,
        ] {
            #expect(try compile(schema).validate(value, limits: limits)?.isLimit == true, "\(schema)")
        }
    }

    /// On a stack of a quarter of the usual 8 MiB. A level needs 1.5 KiB, without optimization four times as much.
    private func onSmallStack(_ body: @escaping @Sendable () -> SchemaFailure?) async -> SchemaFailure? {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.stackSize = 2 << 20
            thread.start()
        }
    }

    @Test func `deep values end with the depth limit, not with the stack`() async throws {
        let schema = try compile(
            ##"{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"##
                + ##""b":{"items":{"$ref":"#/$defs/a"},"unevaluatedItems":false}}}"##
        )
        let value = try deep(String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000))
        let failure = try #require(await onSmallStack { schema.validate(value) })
        #expect(failure.isLimit)
        #expect(failure.message.contains("256 deep"))
        let shallow = try deep(String(repeating: "[", count: 60) + String(repeating: "]", count: 60))
        #expect(await onSmallStack { schema.validate(shallow) } == nil)
        let equal = try compile(#"{"enum":[1,[[]]]}"#)
        #expect(equal.validate(value)?.isLimit == false)
        let unique = try compile(#"{"uniqueItems":true}"#)
        let twins = try deep("[\(String(decoding: value.compact, as: UTF8.self)),\(String(decoding: value.compact, as: UTF8.self))]")
        #expect(await onSmallStack { unique.validate(twins) }?.isLimit == true)
    }

    @Test func `deep schemas are compiled without a stack`() throws {
        let open = String(repeating: #"{"not":"#, count: 5000)
        let schema = try Schema.compile(try deep(open + "true" + String(repeating: "}", count: 5000)))
        #expect(schema.validate(json("1"))?.isLimit == true)
    }

    @Test func `a $dynamicRef without end ends with the depth limit`() throws {
        let schema = try compile(
            ##"{"$id":"x:a","$dynamicAnchor":"n","properties":{"a":{"$id":"x:b","$dynamicAnchor":"n","$dynamicRef":"#n"}}}"##)
        // Resolves to the outer schema, which goes into the member again, as deep as the value.
        #expect(schema.validate(json(#"{"a":{"a":{}}}"#)) == nil)
        let endless = try compile(##"{"$ref":"x:b","$defs":{"b":{"$id":"x:b","$dynamicAnchor":"n","allOf":[{"$dynamicRef":"#n"}]}}}"##)
        #expect(endless.validate(json("1"))?.isLimit == true)
    }

    @Test(arguments: ["(a+)+$", "^(a|a)*$", "(x+x+)+y", "(.*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a*)*[bc]"])
    func `patterns that backtrack without end are given up`(pattern: String) throws {
        let schema = try compile(#"{"pattern":"\#(pattern)"}"#)
        for letter in ["a", "x"] {
            let failure = schema.validate(json("\"" + String(repeating: letter, count: 5000) + "!\""))
            #expect(failure != nil)
        }
        #expect(schema.validate(json("\"" + String(repeating: "a", count: 100_000) + "!\"")) != nil)
    }

    @Test func `searches that cost the square of the text are paid for`() throws {
        let schema = try compile(#"{"pattern":"a*[bc]"}"#)
        #expect(schema.validate(json("\"" + String(repeating: "a", count: 3_000_000) + "\""))?.isLimit == true)
        // What is found at once costs little, however long the text is.
        #expect(schema.validate(json("\"b" + String(repeating: "a", count: 3_000_000) + "\"")) == nil)
        let anchored = try compile(#"{"pattern":"^[a-z]+$"}"#)
        #expect(anchored.validate(json("\"" + String(repeating: "a", count: 3_000_000) + "\"")) == nil)
    }

    @Test func `many patterns on many members end with the budget`() throws {
        let patterns = (0..<400).map { #""x\#($0)y*z":{"type":"integer"}"# }.joined(separator: ",")
        let schema = try compile(#"{"patternProperties":{\#(patterns)}}"#, limits: SchemaLimits(maxSteps: 100_000))
        let members = (0..<1000).map { #""m\#($0)":1"# }.joined(separator: ",")
        #expect(schema.validate(json("{\(members)}"))?.isLimit == true)
        let more = (0..<501).map { #""x\#($0)":true"# }.joined(separator: ",")
        #expect(refusal(json(#"{"patternProperties":{\#(more)}}"#))?.what.contains("500") == true)
    }

    @Test func `a huge enum is searched by hash`() throws {
        let values = (0..<20_000).map { #"{"id":\#($0),"name":"n\#($0)"}"# }
        let schema = try compile(#"{"items":{"enum":[\#(values.joined(separator: ","))]}}"#)
        let same = (0..<20_000).map { #"{"name":"n\#($0)","id":\#($0).0}"# }.joined(separator: ",")
        #expect(schema.validate(json("[\(same)]")) == nil)
        #expect(schema.validate(json(#"[{"id":1,"name":"n2"}]"#))?.keyword == "enum")
    }

    @Test func `large arrays of different elements are unique without a square`() throws {
        let schema = try compile(#"{"uniqueItems":true}"#)
        let numbers = (0..<20_000).map(String.init).joined(separator: ",")
        #expect(schema.validate(json("[\(numbers)]")) == nil)
        #expect(schema.validate(json("[\(numbers),7.0]"))?.keyword == "uniqueItems")
    }

    @Test func `too many subschemas and too many bytes are refused`() throws {
        var limits = SchemaLimits.standard
        limits.maxSubschemas = 10
        let many = json(#"{"anyOf":[\#(Array(repeating: "{}", count: 11).joined(separator: ","))]}"#)
        #expect(refusal(many, limits: limits)?.what.contains("10 subschemas") == true)
        #expect(refusal(many) == nil)
        limits = .standard
        limits.maxSchemaBytes = 20
        #expect(refusal(many, limits: limits)?.what.contains("20 are the most") == true)
    }

    @Test func `a number of many digits is compared, and a divisor has a bound`() throws {
        let digits = String(repeating: "9", count: 50_000)
        let schema = try compile(#"{"minimum":1,"maximum":1e50000}"#)
        #expect(schema.validate(json(digits)) == nil)
        #expect(schema.validate(json(digits + "0.1"))?.keyword == "maximum")
        #expect(try compile(#"{"multipleOf":\#(String(repeating: "7", count: 512))}"#).validate(json(digits)) != nil)
        #expect(refusal(json(#"{"multipleOf":\#(String(repeating: "7", count: 513))}"#))?.what.contains("512") == true)
        #expect(try accepts(#"{"multipleOf":1e-999999999999}"#, "1e999999999999"))
    }
}
