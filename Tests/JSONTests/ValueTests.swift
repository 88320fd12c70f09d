import JSON
import Testing

struct ValueTests {
    @Test func `members keep their order and lookup gives the last of a repeated key`() throws {
        let value = try root(#"{"b":1,"a":2,"b":3,"\u0062":4}"#)
        #expect(value.members.map { $0.key.string } == ["b", "a", "b", "b"])
        #expect(value.count == 4)
        #expect(value["b"]?.int64 == 4)
        #expect(value[key: "a"]?.int64 == 2)
        #expect(value["c"] == nil)
        #expect(value.hasDuplicateKeys)
        #expect(try root(#"{"b":1,"\u0062":2}"#).hasDuplicateKeys)
        #expect(try !root(#"{"a":{"a":1},"b":2}"#).hasDuplicateKeys)
        #expect(try !root("[1,1]").hasDuplicateKeys)
    }

    @Test func `keys are compared by bytes, not by canonical equivalence`() throws {
        let value = try root("{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(value[key: "\u{E9}"]?.int64 == 1)
        #expect(value[key: "e\u{301}"]?.int64 == 2)
        #expect(!value.hasDuplicateKeys)
    }

    @Test func `nested containers are skipped as a whole`() throws {
        let value = try root(#"{"x":{"y":[1,{"z":2}]},"y":[[],[[]],{}],"z":5}"#)
        #expect(value["z"]?.int64 == 5)
        #expect(value["y"]?.count == 3)
        #expect(value["y"]?[1]?[0]?.kind == .array)
        #expect(value["y"]?[3] == nil)
        #expect(value["y"]?[-1] == nil)
        #expect(value["x"]?["y"]?[1]?["z"]?.int64 == 2)
        #expect(value[0] == nil)
        #expect(value["z"]?["z"] == nil)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("42.0", 42), ("4e1", 40), ("4.2e1", 42), ("420e-1", 42),
            ("-1.50e2", -150),
            ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
            ("9223372036854775807000e-3", Int64.max),
            ("0e999999999999999999999", 0), ("1.000000000000000000000000000", 1), ("0.00000000000000000000001e23", 1),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("18446744073709551616", nil), ("1.5", nil),
            ("1e19", nil), ("1e-1", nil), ("1e999999999999999999999", nil), ("1e-999999999999999999999", nil),
        ] as [(String, Int64?)])
    func `integers are exact or nil, however they are written`(text: String, expected: Int64?) throws {
        #expect(try root(text).int64 == expected)
        #expect(try root(text).numberText == text)
    }

    @Test func `doubles are the nearest, and the text stays`() throws {
        #expect(try root("0.1").double == 0.1)
        #expect(try root("-0").double?.sign == .minus)
        #expect(try root("123456789012345678901234567890").double == 1.2345678901234568e29)
        #expect(try root("9007199254740993").double == 9007199254740992)
        #expect(try root("5e-324").double == 5e-324)
        #expect(try root("1e-400").double == 0)
        #expect(try root("1e400").double == nil)
        #expect(try root("1e400").numberText == "1e400")
        #expect(try root("\"1\"").double == nil)
        #expect(try root("true").int64 == nil)
    }

    @Test func `kinds answer only for themselves`() throws {
        let value = try root(#"[null,true,false,1,"s",[],{}]"#)
        #expect(value.elements.map(\.kind) == [.null, .bool, .bool, .number, .string, .array, .object])
        #expect(value.elements.map(\.bool) == [nil, true, false, nil, nil, nil, nil])
        #expect(value.elements.map(\.isNull) == [true, false, false, false, false, false, false])
        #expect(value.elements.map(\.string) == [nil, nil, nil, nil, "s", nil, nil])
        #expect(value.members.map { $0.key }.isEmpty)
        #expect(value[6]?.elements.map { $0 }.isEmpty == true)
    }

    @Test func `strings compare with escapes resolved`() throws {
        let value = try root(#"["tools\/call","tools/call","\u0074ools/call","tools/calls",1]"#)
        let same = value.elements.map {
            ($0.isString("tools/call" as StaticString), $0.isString("tools/call" as String))
        }
        #expect(same.map(\.0) == [true, true, true, false, false])
        #expect(same.map(\.1) == [true, true, true, false, false])
        #expect(try root(#""ab""#).isString("abc" as StaticString) == false)
        #expect(try root(#""a\n""#).isString("a" as StaticString) == false)
        #expect(try root(#""a\u0000b""#).string == "a\0b")
    }

    @Test func `the bytes of a string are a slice, or are copied without its escapes`() throws {
        let value = try root(#"["é","a\u00e9\n","",1]"#)
        #expect(value.elements.map { $0.plainText.map { text($0) } } == ["é", nil, "", nil])
        var bytes: [UInt8] = [1, 2, 3]
        let copies = value.elements.map { element in
            element.copyText(into: &bytes)
            return text(bytes)
        }
        #expect(copies == ["é", "aé\n", "", ""])
    }

    @Test func `raw is the slice, compact drops white space between tokens only`() throws {
        let document = try JSONDocument(parsing: " { \"a b\" : [ 1.50 , \"x \\\" y\" , { } ] ,\n\t\"c\":\"\\\\\" } \n")
        let array = try #require(document.root["a b"])
        #expect(text(array.raw) == "[ 1.50 , \"x \\\" y\" , { } ]")
        #expect(text(array.compact) == "[1.50,\"x \\\" y\",{}]")
        #expect(text(document.root.compact) == "{\"a b\":[1.50,\"x \\\" y\",{}],\"c\":\"\\\\\"}")
        #expect(text(try root("  1.0  ").compact) == "1.0")
    }

    @Test func `a tape index addresses a value, and a wrong one nothing`() throws {
        let document = try JSONDocument(parsing: #"{"a":[1,2]}"#)
        let two = try #require(document.root["a"]?[1])
        #expect(document.value(at: two.index)?.int64 == 2)
        #expect(document.value(at: 0)?.kind == .object)
        #expect(document.value(at: 5) == nil)
        #expect(document.value(at: -1) == nil)
    }
}
