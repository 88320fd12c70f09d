import JSON
import MCP
import Testing

/// Regular expressions of ECMA-262, run by PCRE2.
struct PatternTests {
    private func schema(_ pattern: String) throws -> Schema {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("pattern")
        writer.string(pattern)
        writer.endObject()
        return try Schema.compile(try JSONDocument(writer.bytes).root)
    }

    private func finds(_ pattern: String, in text: String) throws -> Bool {
        var writer = JSONWriter()
        writer.string(text)
        return try schema(pattern).validate(try JSONDocument(writer.bytes).root) == nil
    }

    @Test(
        arguments: [
            (#"^a.c$"#, "abc", true), (#"^a.c$"#, "a\nc", false), (#"^a.c$"#, "a\u{2028}c", false), (#"^a.c$"#, "a\u{85}c", true),
            (#"^a$"#, "a\n", false), (#"b"#, "abc", true), (#"\/"#, "/", true), (#"^\-\.\@\ $"#, "-.@ ", true), (#"\u0041"#, "A", true),
            (#"^\u{1F432}$"#, "\u{1F432}", true), (#"^\ud83d\udc32$"#, "\u{1F432}", true), (#"^\x41$"#, "A", true), (#"^\cJ$"#, "\n", true),
            (#"^\0$"#, "\0", true), (#"^[\b]$"#, "\u{8}", true), (#"^\v$"#, "\u{B}", true), (#"^[\s]$"#, "\u{FEFF}", true),
            (#"^[\S\d]$"#, "\u{FEFF}", false), (#"^[\S]$"#, "é", true), (#"^[^\s]$"#, " ", false), (#"^[^\S]$"#, "\u{3000}", true),
            (#"^[[:alpha:]]$"#, ":]", true), (#"^[[:alpha:]]$"#, "b", false), (#"[]"#, "a", false), (#"^[^]$"#, "\n", true),
            (#"^(a)|\1b$"#, "b", true), (#"^(?<x>a)\k<x>$"#, "aa", true), (#"^(a)\1$"#, "aa", true), (#"^a{2}$"#, "aa", true),
            (#"^a{,2}$"#, "a{,2}", true), (#"^{$"#, "{", true), (#"^a{2,}?$"#, "aaa", true), (#"^\p{Lu}$"#, "É", true),
            (#"^\p{Uppercase_Letter}$"#, "É", true), (#"^\P{L}$"#, "1", true), (#"^\p{Script=Greek}$"#, "α", true),
            (#"^\p{sc=Greek}$"#, "a", false), (#"^\p{gc=Nd}$"#, "৪", true), (#"^\p{Alphabetic}$"#, "é", true), (#"^\w+$"#, "é", false),
            (#"^(?=ab)a"#, "ab", true), (#"(?<!a)b"#, "ab", false), (#"^$"#, "", true), (#""#, "x", true), (#"\bx\b"#, "a x b", true),
            (#"a#b"#, "a#b", true), (#"^é+$"#, "éé", true),
        ])
    func `patterns mean what ECMA-262 says`(pattern: String, text: String, isFound: Bool) throws {
        #expect(try finds(pattern, in: text) == isFound)
    }

    @Test(
        arguments: [
            "(?i)a", "(?P<x>a)", "(?>a)", "(?#x)", "(*UTF)a", "(*LIMIT_MATCH=1)", "a++", "a**", "*a", "\\", "\\A", "\\Z", "\\Q", "\\a",
            "\\e",
            "\\h", "\\R", "[", "[a", "(", ")", "\\u12", "\\u{110000}", "\\ud800", "\\x4", "\\c1", "\\01", "\\p", "\\p{", "\\p{Nope}",
            "\\p{x=y}", "\\k", "(?<", "(?<x", "\\2(a)", "(?|a)", "a{2}{3}", "^*", "(?<=a+)b",
        ])
    func `what ECMA-262 or the engine doesn't know is refused`(pattern: String) {
        #expect(throws: SchemaError.self, "\(pattern)") { try schema(pattern) }
    }

    @Test func `a long text is searched in lots without losing a match`() throws {
        // The starts are tried 64 at a time; matches at and across their borders, with characters of several bytes.
        for position in [0, 62, 63, 64, 65, 127, 128, 600, 699] {
            let text = String(repeating: "é", count: position) + "xxy" + String(repeating: "é", count: 700 - position)
            #expect(try finds("x+y", in: text), "at \(position)")
            #expect(try finds("(?<!é)xy", in: text), "look-behind at \(position)")
        }
        #expect(try !finds("x+y", in: String(repeating: "é", count: 700)))
        #expect(try finds("y*$", in: String(repeating: "é", count: 700)))
    }
}
