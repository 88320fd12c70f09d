import JSON
import MCP
import Testing

/// Schemas that can't be used: each says where it is wrong and how to mend it.
struct SchemaErrorTests {
    private func refusal(_ schema: String, limits: SchemaLimits = .standard) -> SchemaError? {
        do throws(SchemaError) {
            _ = try Schema.compile(json(schema), limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            ("3", "#"), ("[]", "#"), (#"{"type":"strnig"}"#, "#/type"), (#"{"type":[]}"#, "#/type"),
            (#"{"type":["null","null"]}"#, "#/type"), (#"{"properties":{"a":3}}"#, "#/properties"), (#"{"properties":[]}"#, "#/properties"),
            (#"{"properties":{"a":{"required":true}}}"#, "#/properties/a/required"), (#"{"required":["a","a"]}"#, "#/required"),
            (#"{"required":[1]}"#, "#/required"), (#"{"items":[{}]}"#, "#/items"), (#"{"prefixItems":[]}"#, "#/prefixItems"),
            (#"{"allOf":{}}"#, "#/allOf"), (#"{"anyOf":[3]}"#, "#/anyOf/0"), (#"{"not":"x"}"#, "#/not"),
            (#"{"minimum":"3"}"#, "#/minimum"), (#"{"multipleOf":0}"#, "#/multipleOf"), (#"{"multipleOf":-1}"#, "#/multipleOf"),
            (#"{"minLength":-1}"#, "#/minLength"), (#"{"minLength":1.5}"#, "#/minLength"), (#"{"enum":3}"#, "#/enum"),
            (#"{"uniqueItems":1}"#, "#/uniqueItems"), (#"{"pattern":3}"#, "#/pattern"), (#"{"pattern":"(a"}"#, "#/pattern"),
            (#"{"patternProperties":{"[":{}}}"#, "#/patternProperties"), (#"{"format":1}"#, "#/format"),
            (#"{"dependentRequired":{"a":"b"}}"#, "#/dependentRequired"), (#"{"minContains":"1","contains":true}"#, "#/minContains"),
            (##"{"then":3}"##, "#/then"), (##"{"$ref":3}"##, "#/$ref"), (##"{"$ref":"#/$defs/x"}"##, "#/$ref"),
            (##"{"$ref":"#x"}"##, "#/$ref"),
            (#"{"$ref":"https://example.com/x.json"}"#, "#/$ref"), (#"{"$ref":"file:///etc/passwd"}"#, "#/$ref"),
            (##"{"$id":"#x"}"##, "#/$id"), (##"{"$id":3}"##, "#/$id"), (##"{"$anchor":"1x"}"##, "#/$anchor"),
            (##"{"$schema":3}"##, "#/$schema"),
            (#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#, "#/$schema"),
            (#"{"$schema":"https://json-schema.org/draft/2019-09/schema"}"#, "#/$schema"),
            (#"{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}"#, "#/$defs/a/$anchor"),
            (#"{"$defs":{"a":{"$id":"x:y"},"b":{"$id":"x:y"}}}"#, "#/$defs/a/$id"), (#"{"type":"null","type":"null"}"#, "#"),
            (#"{"properties":{"a":{},"a":{}}}"#, "#/properties"), (#"{"$comment":1}"#, "#/$comment"),
            (#"{"$vocabulary":1}"#, "#/$vocabulary"),
        ])
    func `a wrong schema is refused where it is wrong`(schema: String, path: String) throws {
        let error = try #require(refusal(schema), "\(schema) was accepted")
        #expect(error.path == path, "\(error)")
        #expect(!error.what.isEmpty)
    }

    @Test func `another dialect is named`() throws {
        let error = try #require(refusal(#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#))
        #expect(error.what.contains("draft-07"))
        #expect(error.howToMend.contains("2020-12"))
        #expect(refusal(#"{"$schema":"https://json-schema.org/draft/2020-12/schema"}"#) == nil)
        #expect(refusal(#"{"$schema":"https://json-schema.org/draft/2020-12/schema#"}"#) == nil)
    }

    @Test(
        arguments: [
            ##"{"$ref":"#"}"##, ##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}"##,
            ##"{"not":{"$ref":"#"}}"##, ##"{"anyOf":[{"type":"null"},{"$ref":"#"}]}"##, ##"{"if":true,"then":{"$ref":"#"}}"##,
            ##"{"dependentSchemas":{"a":{"$ref":"#"}}}"##,
        ])
    func `a schema that leads back to itself without going into the value is refused`(schema: String) throws {
        #expect(try #require(refusal(schema)).what.contains("leads back to itself"))
    }

    @Test func `recursion into members is fine`() throws {
        let list = ##"{"properties":{"next":{"$ref":"#"},"value":{"type":"integer"}},"additionalProperties":false}"##
        #expect(try accepts(list, #"{"value":1,"next":{"value":2,"next":{}}}"#))
        #expect(
            try failures(list, #"{"next":{"next":{"value":"x"}}}"#) == [
                #"`next.next.value` must be an integer, it is "x" (#/properties/value/type)"#
            ])
    }

    @Test func `documents that the caller gives are found, and errors in them name them`() throws {
        let root = json(#"{"$ref":"https://example.com/port#/$defs/port"}"#)
        let port = json(#"{"$defs":{"port":{"type":"integer"}}}"#)
        let schema = try Schema.compile(root, documents: ["https://example.com/port": port])
        #expect(schema.validate(json("1")) == nil)
        #expect(schema.validate(json("\"x\""))?.schemaPath == "https://example.com/port#/$defs/port/type")
        let wrong = #expect(throws: SchemaError.self) {
            try Schema.compile(root, documents: ["https://example.com/port": json(#"{"$defs":{"port":{"type":1}}}"#)])
        }
        #expect(wrong?.path == "https://example.com/port#/$defs/port/type")
    }

    @Test func `the meta-schemas are there and check schemas`() throws {
        let meta = try compile(#"{"$ref":"https://json-schema.org/draft/2020-12/schema"}"#)
        #expect(meta.validate(json(SchemaFailureTests.server)) == nil)
        #expect(meta.validate(json(#"{"properties":{"a":{"type":"strnig"}}}"#))?.instancePath == "properties.a.type")
        for name in ["core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "format-assertion", "content"] {
            _ = try compile(#"{"$ref":"https://json-schema.org/draft/2020-12/meta/\#(name)"}"#)
        }
    }
}
