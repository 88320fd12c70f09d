import JSON
import Testing

struct WriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return text(writer.bytes)
    }

    @Test func `commas stand where they belong`() {
        let result = written {
            $0.beginObject()
            $0.key("a")
            $0.beginArray()
            $0.int(1)
            $0.beginObject()
            $0.endObject()
            $0.beginArray()
            $0.endArray()
            $0.null()
            $0.endArray()
            $0.key(escaping: "b\n")
            $0.bool(true)
            $0.key("c")
            $0.raw(Array("{\"x\":1}".utf8))
            $0.key("d")
            $0.string("e" as StaticString)
            $0.endObject()
        }
        #expect(result == #"{"a":[1,{},[],null],"b\n":true,"c":{"x":1},"d":"e"}"#)
    }

    @Test func `short and long strings and keys are whole, with and without a comma before them`() {
        for length in 0...130 {
            let text = String(repeating: "x", count: length)
            #expect(written { $0.string(text) } == "\"\(text)\"")
            #expect(
                written {
                    $0.beginArray(); $0.int(1); $0.string(text); $0.string(text + "\n"); $0.endArray()
                } == "[1,\"\(text)\",\"\(text)\\n\"]")
        }
        let members = written {
            $0.beginObject()
            $0.key("")
            $0.null()
            $0.key("a key of fifty-six bytes, which is the longest short one")
            $0.string("a static string that is longer than fifty-six bytes, which are short" as StaticString)
            $0.key("a key of fifty-seven bytes, the shortest one that is long")
            $0.string("" as StaticString)
            $0.endObject()
        }
        #expect(
            members
                == #"{"":null,"a key of fifty-six bytes, which is the longest short one":"a static string that is longer than fifty-six bytes, which are short","#
                + #""a key of fifty-seven bytes, the shortest one that is long":""}"#)
    }

    @Test func `strings are escaped where they must be and nowhere else`() {
        #expect(
            written { $0.string("a\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}é\u{2028}😀") }
                == #""a\"\\/\b\f\n\r\t\u0000\u001f"# + "\u{7F}é\u{2028}😀\"")
        #expect(written { $0.string("") } == "\"\"")
    }

    @Test func `bytes that are not UTF-8 become replacement characters, as in String`() throws {
        for bad in [
            [0x61, 0xFF, 0x62], [0xE2, 0x82], [0xF0, 0x9F, 0x98, 0x22], [0xED, 0xA0, 0x80], [0xC0, 0xAF, 0x0A],
        ]
            as [[UInt8]]
        {
            let result = written { $0.string(utf8: bad) }
            #expect(try root(result).string == String(decoding: bad, as: UTF8.self))
        }
        #expect(written { $0.string(utf8: "lazy".utf8.reversed()) } == "\"yzal\"")
    }

    @Test func `numbers are shortest, whole ones without a point`() {
        let result = written {
            $0.beginArray()
            $0.int(Int64.min)
            $0.int(Int64.max)
            $0.uint(.max)
            $0.int(0)
            $0.double(1)
            $0.double(0.1)
            $0.double(1e300)
            $0.double(-0.0)
            $0.double(5e-324)
            $0.double(.nan)
            $0.double(-.infinity)
            $0.double(9_007_199_254_740_992)
            $0.endArray()
        }
        #expect(
            result
                == "[-9223372036854775808,9223372036854775807,18446744073709551615,0,1,0.1,1e+300,-0.0,5e-324,null,null,9007199254740992.0]"
        )
    }

    @Test func `doubles read back the same`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(state: seed)
        for _ in 0..<2_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(try root(written { $0.double(value) }).double == value, "seed \(seed)")
        }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base64 has the vectors of its RFC`(plain: String, encoded: String) {
        #expect(written { $0.base64(Array(plain.utf8)) } == "\"\(encoded)\"")
    }

    @Test func `base64 uses the standard alphabet`() {
        #expect(written { $0.base64([0xFB, 0xFF, 0xBF]) } == "\"+/+/\"")
    }

    @Test func `a value of a document is copied compact, order and number text unchanged`() throws {
        let value = try root(#"{ "z" : 1.0 , "a" : 10000000000000000000000, "e":"\u00e9" }"#)
        #expect(written { $0.raw(value) } == #"{"z":1.0,"a":10000000000000000000000,"e":"\u00e9"}"#)
    }

    @Test func `a writer can be used again`() {
        var writer = JSONWriter(reserving: 64)
        writer.int(1)
        writer.removeAll()
        writer.string("x")
        #expect(text(writer.bytes) == "\"x\"")
    }
}
