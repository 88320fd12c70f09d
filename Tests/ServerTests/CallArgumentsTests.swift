import JSON
import Testing

@testable import Server

@Suite struct CallArgumentsTests {
    private static let schema = #"""
        {"type":"object","properties":{"text":{"type":"string"},"count":{"type":"integer"},"ratio":{"type":"number"},
         "deep":{"type":"boolean"},"argv":{"type":"array","items":{"type":"string"}},"ports":{"type":"array","items":{"type":"integer"}},
         "any":{},"either":{"type":["integer","string"]},"env":{"type":"object"}}}
        """#

    private func object(_ pairs: [String], whole: String? = nil) throws -> String {
        let schema = try JSONDocument(parsing: Self.schema).root
        return String(decoding: try CallArguments.object(pairs, tool: "t", schema: schema, whole: whole), as: UTF8.self)
    }

    @Test(
        arguments: [
            (["text=12"], #"{"text":"12"}"#), (["text="], #"{"text":""}"#), (["text=a=b"], #"{"text":"a=b"}"#),
            (["count=-7"], #"{"count":-7}"#),
            (["ratio=1.50"], #"{"ratio":1.50}"#), (["deep=true"], #"{"deep":true}"#), (["argv=sh"], #"{"argv":["sh"]}"#),
            (["argv=1", "argv=2"], #"{"argv":["1","2"]}"#), (["ports=1", "ports=2"], #"{"ports":[1,2]}"#), (["any=7"], #"{"any":"7"}"#),
            (["either=7"], #"{"either":7}"#), (["either=x"], #"{"either":"x"}"#), (["argv:=[\"a\", \"b\"]"], #"{"argv":["a","b"]}"#),
            (["any:=null"], #"{"any":null}"#), (["env={\"A\": 1}"], #"{"env":{"A":1}}"#), ([], "{}"),
        ] as [([String], String)])
    func valuesGetTheTypeOfTheSchema(_ pairs: [String], _ wanted: String) throws {
        #expect(try object(pairs) == wanted)
    }

    @Test func wholeAndSingleArgumentsAreOneObject() throws {
        #expect(try object(["count=2"], whole: #"{"text":"x"}"#) == #"{"text":"x","count":2}"#)
    }

    @Test(
        arguments: [
            (["count=1.5"], "expected an integer"), (["deep=maybe"], "expected true or false"), (["ports=x"], "ports is 'x'"),
            (["text"], "name=value"),
            (["=x"], "name=value"), (["any:=nonsense"], "is not JSON"), (["text=a", "text=b"], "more than once"),
            (["cuont=1"], "did you mean 'count'"),
        ] as [([String], String)])
    func whatDoesNotFitIsSaid(_ pairs: [String], _ message: String) {
        #expect {
            try object(pairs)
        } throws: {
            ($0 as? CallArguments.Wrong)?.message.contains(message) == true
        }
    }

    @Test func theWholeMustBeAnObject() {
        #expect(throws: CallArguments.Wrong.self) { try object([], whole: "[]") }
        #expect(throws: CallArguments.Wrong.self) { try object(["text=a"], whole: #"{"text":"x"}"#) }
    }

    @Test(arguments: [("ehco", "echo"), ("procss_run", "process_run"), ("Echo", "echo"), ("xyz", nil), ("", nil)] as [(String, String?)])
    func theNearestNameIsFound(_ name: String, _ wanted: String?) {
        #expect(NearestName.of(name, among: ["echo", "hold", "process_run"]) == wanted)
    }
}
