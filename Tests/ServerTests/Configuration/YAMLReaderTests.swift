import JSON
import Testing
import YAML

@testable import Server

@Suite struct YAMLReaderTests {
    private func json(_ text: String) throws -> String {
        var writer = JSONWriter()
        let document = YAMLReader.read(Array(text.utf8))
        #expect(document.problems == [] && document.isWhole)
        let node = try #require(document.root)
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
        guard case .mapping(let members, 1) = try #require(YAMLReader.read(Array("a: 1\n# note\nb:\n  c: 2\n".utf8)).root) else {
            Issue.record("not a mapping")
            return
        }
        #expect(members.map(\.line) == [1, 3])
        #expect(members[1].value.line == 4)
    }

    @Test(arguments: ["", "\n", "# only a note\n"]) func anEmptyTextHasNoValue(_ text: String) {
        let document = YAMLReader.read(Array(text.utf8))
        #expect(document.root == nil && document.problems == [] && document.isWhole)
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
        let problem = YAMLReader.read(Array(text.utf8)).problems.first
        #expect(problem?.line == line && problem?.text.contains(why) == true)
    }

    @Test func `goes on after what it refuses`() throws {
        let text = "a: &x 1\nb: *x\nc: {<<: *x, d: 2}\na: 3\n? [k]\n: !!str v\ne: !t 4\nf: 5\n"
        let document = YAMLReader.read(Array(text.utf8))
        #expect(document.problems.map(\.line) == [1, 2, 3, 4, 5, 7] && document.isWhole)
        var writer = JSONWriter()
        try document.root?.write(&writer, path: "") { text, _, _ throws(YAMLError) in text }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":1,"b":null,"c":{"<<":null,"d":2},"e":null,"f":5}"#)
    }

    @Test func `keeps what comes before a place that can't be read`() {
        let document = YAMLReader.read(Array("a: 1\nb: &x [2]\nc: d: e\nf: 3\n".utf8))
        guard case .mapping(let members, _)? = document.root else {
            Issue.record("not a mapping")
            return
        }
        #expect(members.map(\.key) == ["a", "b"] && document.problems.map(\.line) == [2, 3] && !document.isWhole)
    }
}
