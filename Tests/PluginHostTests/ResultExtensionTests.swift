import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct ResultExtensionTests: ExtensionSuite {
    private func bytes(_ text: String, _ body: (ambit_bytes) -> ambit_status) -> ambit_status {
        Array(text.utf8).withUnsafeBytes { body(ambit_bytes(borrowing: $0)) }
    }

    private func begin(_ kind: Int, _ call: ambit_call, _ tables: Tables, mime: String = "") -> ambit_status {
        withText(mime) { mime in
            var head = ambit_content()
            head.struct_size = UInt32(MemoryLayout<ambit_content>.size)
            head.kind = Int32(kind)
            head.mime_type = mime
            return tables.result.begin(call, &head, nil)
        }
    }

    @Test func aResultIsWrittenInPieces() throws {
        let (test, plugin, tables) = try loaded()
        let result = tables.result
        let (call, sink) = try test.invoke("hold")
        let handle = try #require(call).handle
        #expect(bytes("early") { result.text(handle, $0, nil) } == AMBIT_INVALID_ARGUMENT)
        #expect(begin(AMBIT_CONTENT_TEXT, handle, tables) == ok)
        // Cut inside a character.
        let euro = Array("1 €".utf8)
        #expect(euro[..<3].withUnsafeBytes { result.text(handle, ambit_bytes(borrowing: $0), nil) } == ok)
        #expect(bytes("x") { result.data(handle, $0, nil) } == AMBIT_INVALID_ARGUMENT)
        #expect(euro[3...].withUnsafeBytes { result.text(handle, ambit_bytes(borrowing: $0), nil) } == ok)
        #expect(begin(AMBIT_CONTENT_IMAGE, handle, tables, mime: "image/png") == ok)
        #expect(bytes("PNG") { result.data(handle, $0, nil) } == ok)
        #expect(result.begin_object(handle, nil) == ok)
        #expect(result.integer(handle, 1, nil) == AMBIT_INVALID_ARGUMENT)
        #expect(withText("a\"b") { result.key(handle, $0, nil) } == ok)
        #expect(withText("again") { result.key(handle, $0, nil) } == AMBIT_INVALID_ARGUMENT)
        #expect(result.end_object(handle, nil) == AMBIT_INVALID_ARGUMENT)
        #expect(result.begin_array(handle, nil) == ok)
        #expect(result.integer(handle, .min, nil) == ok && result.number(handle, 0.5, nil) == ok)
        #expect(result.number(handle, .nan, nil) == AMBIT_INVALID_ARGUMENT)
        #expect(result.boolean(handle, 7, nil) == ok && result.null(handle, nil) == ok)
        #expect(withText("é") { result.string(handle, $0, nil) } == ok)
        #expect(withText(#"{"n": 1.0}"#) { result.raw(handle, $0, nil) } == ok)
        #expect(withText("{") { result.raw(handle, $0, nil) } == AMBIT_INVALID_ARGUMENT)
        #expect(result.end_object(handle, nil) == AMBIT_INVALID_ARGUMENT)
        #expect(result.end_array(handle, nil) == ok && result.end_object(handle, nil) == ok)
        #expect(result.null(handle, nil) == AMBIT_INVALID_ARGUMENT)
        #expect(result.finish(handle, 0, ambit_text(), nil) == ok)
        _ = sink.wait()
        guard case .result(let value) = try #require(sink.outcomes.first) else { throw Wrong() }
        guard case .text("1 €") = value.content[0], case .image(let data, "image/png") = value.content[1] else { throw Wrong() }
        #expect(data == Array("PNG".utf8))
        let structured = try #require(value.structured).compact
        #expect(String(decoding: structured, as: UTF8.self) == #"{"a\"b":[-9223372036854775808,0.5,true,null,"é",{"n":1.0}]}"#)
        #expect(result.finish(handle, 0, ambit_text(), nil) == AMBIT_ALREADY_FINISHED)
        // Counted although the call is gone (A9).
        #expect(test.counter("calls.late") == 1)
        end(test, plugin)
    }

    private struct Wrong: Error {}

    @Test func whatIsIncompleteFailsTheCallAndNamesThePlugin() throws {
        let (test, plugin, tables) = try loaded()
        let (call, sink) = try test.invoke("hold")
        let handle = try #require(call).handle
        #expect(tables.result.begin_array(handle, nil) == ok)
        var error = makeError()
        #expect(tables.result.finish(handle, 0, ambit_text(), &error) == AMBIT_INVALID_ARGUMENT)
        #expect(error.message.contains("not complete"))
        #expect(sink.wait().contains("the plugin 'fixture' gave a wrong result for the tool 'hold'"))
        end(test, plugin)
    }

    @Test func aResultIsBounded() throws {
        var draft = ResultDraft(limit: 10)
        try draft.value(.string("12345678"))
        let full = #expect(throws: Refusal.self) {
            var head = ambit_content()
            head.kind = Int32(AMBIT_CONTENT_TEXT)
            try draft.begin(try ContentHead(head))
            try [UInt8](repeating: 65, count: 1).withUnsafeBytes { try draft.append($0, asText: true) }
        }
        #expect(full?.quota == "result bytes")
        // What is whole is not asked again whether it fits into a request.
        var large = ResultDraft()
        try large.begin(object: false)
        for _ in 0..<3 { try large.value(.string(String(repeating: "x", count: 2 << 20))) }
        try large.end(object: false)
        #expect(try large.result(isError: false, meta: nil).structured?.count == 3)
        var deep = ResultDraft()
        for _ in 0..<ResultDraft.maximalDepth { try deep.begin(object: false) }
        #expect(throws: Refusal.self) { try deep.begin(object: false) }
    }
}
