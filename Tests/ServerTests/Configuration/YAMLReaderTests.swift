import JSON
import Testing

@testable import Server

@Suite struct YAMLReaderTests {
    private func json(_ text: String) throws -> String {
        var writer = JSONWriter()
        let node = try #require(try YAMLReader.read(Array(text.utf8)))
        try node.write(&writer, path: "") { text, _, _ throws(YAMLError) in text }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func keepsOrderAndNumberText() throws {
        let text = "b: 1.10\na: 12345678901234567890\nc: [1e3, -0.5]\n"
        #expect(try json(text) == #"{"b":1.10,"a":12345678901234567890,"c":[1e3,-0.5]}"#)
    }

    @Test(
        arguments: [
            ("a: yes", #"{"a":"yes"}"#), ("a: on", #"{"a":"on"}"#), ("a: true", #"{"a":true}"#), ("a: 'true'", #"{"a":"true"}"#),
            ("a:", #"{"a":null}"#), ("a: ~", #"{"a":null}"#), ("a: ''", #"{"a":""}"#), ("a: 007", #"{"a":"007"}"#),
            ("a: 0x1f", #"{"a":31}"#),
            ("a: 0o17", #"{"a":15}"#), ("a: 1_000", #"{"a":"1_000"}"#), ("a: .5", #"{"a":".5"}"#), ("a: 1.", #"{"a":"1."}"#),
            ("a: \"x\\ny\"", #"{"a":"x\ny"}"#), ("a: |\n  one\n  two\n", #"{"a":"one\ntwo\n"}"#), ("a: 2026-11-24", #"{"a":"2026-11-24"}"#),
        ]) func readsScalarsByTheCoreSchema(_ text: String, _ expected: String) throws
    {
        #expect(try json(text) == expected)
    }

    @Test func knowsLines() throws {
        guard case .mapping(let members, 1) = try #require(try YAMLReader.read(Array("a: 1\n# note\nb:\n  c: 2\n".utf8))) else {
            Issue.record("not a mapping")
            return
        }
        #expect(members.map(\.line) == [1, 3])
        #expect(members[1].value.line == 4)
    }

    @Test(arguments: ["", "\n", "# only a note\n"]) func anEmptyTextHasNoValue(_ text: String) throws {
        let node = try YAMLReader.read(Array(text.utf8))
        #expect(node == nil)
    }

    @Test(
        arguments: [
            ("a: 1\na: 2\n", 2, "there already, in line 1"), ("a: &x 1\nb: *x\n", 1, "anchors"), ("a: !!str 1", 1, "tags"),
            ("<<: {a: 1}", 1, "merge keys"), ("a: 1\n---\nb: 2\n", 2, "a second document"), ("a: [1, 2\nb: 3", 2, "did not find"),
            ("? [a]\n: b\n", 1, "a key must be"), ("a: 1\n b: 2\n", 2, "mapping values are not allowed"),
            ("a: \u{1}", 0, "control characters"),
            (String(repeating: "[", count: 40) + String(repeating: "]", count: 40), 1, "deeper than"),
        ]) func refuses(_ text: String, _ line: Int, _ why: String)
    {
        #expect { try YAMLReader.read(Array(text.utf8)) } throws: { error in
            guard let error = error as? YAMLError else { return false }
            return error.line == line && error.text.contains(why)
        }
    }
}
