import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct CallExtensionTests: ExtensionSuite {
    private let second: Int64 = 1_000_000_000

    @Test func infoTellsAHandlerWhatItsCallIs() throws {
        let (test, plugin, tables) = try loaded()
        let (call, _) = try test.invoke("limited", #"{"a":1}"#, context: .test(log: .warning, progress: true))
        let handle = try #require(call).handle
        var info = ambit_call_info()
        #expect(tables.call.info(handle, &info) == AMBIT_INVALID_ARGUMENT)
        info.struct_size = UInt32(MemoryLayout<ambit_call_info>.size)
        #expect(tables.call.info(handle, &info) == ok)
        #expect(info.wants_progress == 1 && info.log_level == AMBIT_LOG_WARNING)
        #expect(string(info.name) == "limited" && string(info.arguments) == #"{"a":1}"#)
        var context = ambit_context_info()
        context.struct_size = UInt32(MemoryLayout<ambit_context_info>.size)
        #expect(tables.context.get(handle, &context) == ok)
        #expect(context.era == AMBIT_ERA_MODERN && context.session == 0 && string(context.protocol_version) == "2026-07-28")
        #expect(string(context.client_name) == "tester" && string(context.client_version) == "9")
        #expect(context.deadline_ns == test.runtime.now + 20 * second && context.deadline_source == AMBIT_DEADLINE_TOOL)
        #expect(string(context.progress_token) == "1")
        var again = info
        #expect(tables.call.info(handle, &again) == ok && again.scope == info.scope && again.name.data == info.name.data)
        var state: Int32 = -1
        #expect(tables.scope.state(info.scope, &state) == ok && state == AMBIT_SCOPE_OPEN)
        // An older plugin knows less of the struct.
        var short = ambit_call_info()
        short.struct_size = 16
        short.log_level = 99
        #expect(tables.call.info(handle, &short) == ok)
        #expect(short.scope == info.scope && short.log_level == 99 && short.struct_size == 16)
        call?.cancel(Reason(.cancelled, by: "client"))
        #expect(tables.call.info(handle, &info) == AMBIT_STALE_HANDLE)
        #expect(tables.scope.state(info.scope, &state) == ok && state == AMBIT_SCOPE_CLOSED)
        end(test, plugin)
    }

    @Test func progressAndLogReachTheClientAndOnlyThen() throws {
        let (test, plugin, tables) = try loaded()
        let (call, sink) = try test.invoke("hold", context: .test(log: .warning, progress: true))
        let handle = try #require(call).handle
        #expect(withText("half") { tables.call.progress(handle, 1, 2, $0) } == ok)
        #expect(tables.call.progress(handle, 2, -1, ambit_text()) == ok)
        let warning = Int32(AMBIT_LOG_WARNING)
        #expect(withText("here") { name in withText(#"{ "a": [1, 2 ] }"#) { tables.call.log(handle, warning, name, $0) } } == ok)
        #expect(withText("1") { tables.call.log(handle, Int32(AMBIT_LOG_INFO), ambit_text(), $0) } == ok)
        #expect(withText("{") { tables.call.log(handle, warning, ambit_text(), $0) } == AMBIT_INVALID_ARGUMENT)
        #expect(withText("1") { tables.call.log(handle, 8, ambit_text(), $0) } == AMBIT_INVALID_ARGUMENT)
        #expect(sink.lines == ["progress 1.0 of 2.0 half", "progress 2.0 of ? -", #"log warning here {"a":[1,2]}"#])
        sink.set(.full)
        #expect(tables.call.progress(handle, 3, -1, ambit_text()) == AMBIT_FULL)
        let room = Witness()
        let ready: @convention(c) (UnsafeMutableRawPointer?, ambit_status) -> Void = { context, status in
            Witness.at(context).note("ready \(status)")
        }
        #expect(tables.call.writable(handle, room.context, ready) == ok)
        sink.becomeWritable(true)
        #expect(room.wait(1) == ["ready \(AMBIT_OK)"])
        #expect(tables.call.writable(handle, room.context, ready) == ok)
        call?.cancel(Reason(.cancelled, by: "client"))
        #expect(room.wait(2).last == "ready \(AMBIT_CANCELLED)")
        sink.becomeWritable(false)
        #expect(tables.call.writable(handle, room.context, ready) == AMBIT_STALE_HANDLE)
        #expect(tables.call.progress(handle, 4, -1, ambit_text()) == AMBIT_STALE_HANDLE)
        #expect(room.events.count == 2)
        end(test, plugin)
    }

    @Test func finishCarriesEveryKindOfContent() throws {
        let (test, plugin, tables) = try loaded()
        let (call, sink) = try test.invoke("hold")
        let png: [UInt8] = [1, 2, 3]
        func content(_ kind: Int, _ text: ambit_text, _ type: ambit_text, _ uri: ambit_text, _ note: ambit_text) -> ambit_content {
            var item = ambit_content()
            item.struct_size = UInt32(MemoryLayout<ambit_content>.size)
            item.kind = Int32(kind)
            item.text = text
            item.mime_type = type
            item.uri = uri
            item.annotations = note
            return item
        }
        let status = withText("words") { words in
            withText("image/png") { type in
                withText("file:///x") { uri in
                    withText(#"{"priority": 1}"#) { note in
                        png.withUnsafeBytes { png in
                            let none = ambit_text()
                            var items = [
                                content(AMBIT_CONTENT_TEXT, words, none, none, note),
                                content(AMBIT_CONTENT_IMAGE, none, type, none, none),
                                content(AMBIT_CONTENT_AUDIO, none, type, none, none),
                                content(AMBIT_CONTENT_LINK, words, type, uri, none),
                                content(AMBIT_CONTENT_EMBEDDED_TEXT, words, none, uri, none),
                                content(AMBIT_CONTENT_EMBEDDED_DATA, none, type, uri, none),
                            ]
                            for index in items.indices { items[index].data = ambit_bytes(borrowing: png) }
                            return items.withUnsafeBufferPointer { items in
                                let pointers = items.indices.map { UnsafePointer(items.baseAddress! + $0) as UnsafePointer? }
                                return pointers.withUnsafeBufferPointer { pointers in
                                    var result = ambit_result()
                                    result.struct_size = UInt32(MemoryLayout<ambit_result>.size)
                                    result.is_error = 1
                                    result.content = pointers.baseAddress
                                    result.content_count = UInt64(pointers.count)
                                    result.structured = note
                                    result.meta = note
                                    return tables.call.finish(call!.handle, &result, nil)
                                }
                            }
                        }
                    }
                }
            }
        }
        #expect(status == ok)
        guard case .result(let result) = sink.outcomes.first else {
            Issue.record("no result: \(sink.text)")
            return
        }
        #expect(result.isError && result.structured?.raw.count == 15 && result.meta?["priority"]?.int64 == 1)
        guard case .annotated(.text("words"), let note, nil) = result.content[0] else {
            Issue.record("\(result.content[0])")
            return
        }
        #expect(note?["priority"]?.int64 == 1)
        guard case .image([1, 2, 3], "image/png") = result.content[1], case .audio([1, 2, 3], "image/png") = result.content[2],
            case .resourceLink(let link) = result.content[3], case .resource(let text) = result.content[4],
            case .resource(let blob) = result.content[5]
        else {
            Issue.record("\(result.content)")
            return
        }
        #expect(link.uri == "file:///x" && link.name == "words" && text.uri == "file:///x" && blob.mimeType == "image/png")
        end(test, plugin)
    }

    @Test func failGivesAProtocolErrorAndReservedCodesAreRefused() throws {
        let (test, plugin, tables) = try loaded()
        let (call, sink) = try test.invoke("hold")
        let handle = try #require(call).handle
        let status = withText("no such thing") { text in
            withText(#"{"id": 7}"#) { tables.call.fail(handle, -32602, text, $0, nil) }
        }
        #expect(status == ok)
        #expect(sink.text == "failure -32602 no such thing")
        let (other, second) = try test.invoke("hold")
        #expect(withText("x") { tables.call.fail(other!.handle, -32000, $0, ambit_text(), nil) } == AMBIT_INVALID_ARGUMENT)
        #expect(second.text.contains("code -32000 is reserved"))
        #expect(withText("x") { tables.call.fail(plugin.hostHandle, 1, $0, ambit_text(), nil) } == AMBIT_STALE_HANDLE)
        end(test, plugin)
    }

    @Test func valuesAreReadFromTheParsedArgumentsAndNothingBesideThem() throws {
        let (test, plugin, tables) = try loaded()
        let envelope = try JSONDocument(
            parsing: #"{"secret":"s","arguments":{"n":42.0,"b":true,"s":"a\nb","l":[1,"x",null],"o":{"k\u0041":2.5}},"after":[9]}"#)
        let sink = RecordingSink()
        let call = try #require(test.host.catalog.tool(named: "hold")).invoke(
            CallRequest(arguments: envelope.root["arguments"], context: .test()), sink: sink)
        let handle = try #require(call).handle
        let value = tables.value
        func member(_ object: ambit_value, _ key: String) -> ambit_value? {
            var out: ambit_value = 0
            return withText(key) { value.member(handle, object, $0, &out) } == ok ? out : nil
        }
        func kind(_ of: ambit_value) -> Int32 {
            var out: Int32 = -1
            return value.kind(handle, of, &out) == ok ? out : -1
        }
        #expect(kind(0) == AMBIT_VALUE_OBJECT)
        var count: UInt64 = 0
        #expect(value.count(handle, 0, &count) == ok && count == 5)
        let n = try #require(member(0, "n"))
        var integer: Int64 = 0
        var double = 0.0
        #expect(value.integer(handle, n, &integer) == ok && integer == 42)
        #expect(value.number(handle, n, &double) == ok && double == 42)
        #expect(kind(n) == AMBIT_VALUE_NUMBER)
        let b = try #require(member(0, "b"))
        var flag: Int32 = 0
        #expect(value.boolean(handle, b, &flag) == ok && flag == 1)
        #expect(value.boolean(handle, n, &flag) == AMBIT_INVALID_ARGUMENT)
        #expect(value.integer(handle, b, &integer) == AMBIT_INVALID_ARGUMENT)
        let s = try #require(member(0, "s"))
        var buffer = [CChar](repeating: 0, count: 8)
        var size: UInt64 = 0
        #expect(value.string(handle, s, nil, 0, &size) == ok && size == 3)
        #expect(value.string(handle, s, &buffer, 8, &size) == ok && buffer.prefix(3) == [97, 10, 98])
        let l = try #require(member(0, "l"))
        var element: ambit_value = 0
        var key = ambit_text()
        for (index, expected) in [AMBIT_VALUE_NUMBER, AMBIT_VALUE_STRING, AMBIT_VALUE_NULL].enumerated() {
            #expect(value.at(handle, l, UInt64(index), &element, &key) == ok && kind(element) == expected && key.size == 0)
        }
        #expect(value.at(handle, l, 0, &element, nil) == ok && kind(element) == AMBIT_VALUE_NUMBER)
        #expect(value.at(handle, l, 3, &element, nil) == AMBIT_NOT_FOUND)
        let o = try #require(member(0, "o"))
        #expect(value.at(handle, o, 0, &element, &key) == ok && string(key) == #"k\u0041"#)
        #expect(value.number(handle, element, &double) == ok && double == 2.5)
        #expect(member(o, "kA") == element)
        #expect(member(0, "none") == nil && member(n, "x") == nil)
        var raw = ambit_text()
        #expect(value.raw(handle, l, &raw) == ok && string(raw) == #"[1,"x",null]"#)
        // The tape goes on after the arguments, and began before them.
        var reachable: [String] = []
        for index in 0..<64 as Range<ambit_value> where value.raw(handle, index, &raw) == ok { reachable.append(string(raw)) }
        #expect(!reachable.contains { $0.contains("secret") || $0 == "[9]" || $0 == "9" || $0.contains("after") })
        #expect(value.raw(handle, .max, &raw) == AMBIT_INVALID_ARGUMENT)
        call?.cancel(Reason(.cancelled, by: "client"))
        #expect(value.count(handle, 0, &count) == AMBIT_STALE_HANDLE)
        end(test, plugin)
    }
}
