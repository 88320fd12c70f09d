import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

/// Every function of the host's tables, called as a plugin calls it.
@Suite struct ExtensionTests {
    private let second: Int64 = 1_000_000_000

    private func loaded(_ macros: String...) throws -> (TestHost, PluginInstance, Tables) {
        let test = TestHost()
        let fixture = macros.isEmpty ? try Fixture() : try Fixture(macros[0])
        let plugin = try test.host.load(path: fixture.path)
        return (test, plugin, try Tables(plugin))
    }

    private func end(_ test: TestHost, _ plugin: PluginInstance) {
        #expect(plugin.closeNow()?.isClean == true)
        #expect(plugin.handleCount == 0)
        #expect(plugin.gate.count == 0)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    private func open(_ tables: Tables, _ parent: ambit_scope, _ label: String = "child") -> ambit_scope {
        var out: ambit_scope = 0
        #expect(withText(label) { tables.scope.open(parent, $0, &out, nil) } == ok)
        return out
    }

    // MARK: - scope

    @Test func scopesOpenAndCloseAndTheirHandlesGoStale() throws {
        let (test, plugin, tables) = try loaded()
        let scope = open(tables, plugin.scopeHandle, "work")
        var state: Int32 = -1
        #expect(tables.scope.state(scope, &state) == ok && state == AMBIT_SCOPE_OPEN)
        var error = makeError()
        #expect(tables.scope.close(plugin.scopeHandle, nil, nil, nil, &error) == AMBIT_DENIED)
        #expect(error.message.contains("server/plugin fixture#1"))
        let witness = Witness()
        let inner = open(tables, scope)
        #expect(
            tables.scope.close(
                scope, nil, witness.context,
                { context, report in
                    Witness.at(context).note("closed \(report!.pointee.reason_kind) \(report!.pointee.abandoned)")
                }, &error) == ok)
        #expect(witness.wait(1) == ["closed 0 0"])
        #expect(tables.scope.state(scope, &state) == ok && state == AMBIT_SCOPE_CLOSED)
        #expect(tables.scope.close(inner, nil, nil, nil, &error) == AMBIT_STALE_HANDLE)
        var out: ambit_scope = 0
        #expect(tables.scope.open(scope, ambit_text(), &out, &error) == AMBIT_STALE_HANDLE)
        #expect(error.code == AMBIT_STALE_HANDLE && error.message.contains("scope"))
        #expect(tables.scope.state(plugin.hostHandle, &state) == AMBIT_STALE_HANDLE)
        #expect(tables.scope.open(plugin.scopeHandle, ambit_text(), nil, &error) == AMBIT_INVALID_ARGUMENT)
        var bytes: [CChar] = [-1, -2]
        let invalid = bytes.withUnsafeMutableBufferPointer {
            tables.scope.open(plugin.scopeHandle, ambit_text(data: $0.baseAddress, size: 2), &out, &error)
        }
        #expect(invalid == AMBIT_INVALID_ARGUMENT && error.message == "label is not valid UTF-8")
        end(test, plugin)
    }

    private func finalizer(_ witness: Witness, _ phase: Int, code: Int = AMBIT_FINALIZER_DONE) -> ambit_finalizer_options {
        var options = ambit_finalizer_options()
        options.struct_size = UInt32(MemoryLayout<ambit_finalizer_options>.size)
        options.phase = Int32(phase)
        options.context = witness.context
        switch code {
        case AMBIT_FINALIZER_DONE:
            options.run = { context, _, reason in
                Witness.at(context).note("run \(reason!.pointee.kind)")
                return Int32(AMBIT_FINALIZER_DONE)
            }
        case AMBIT_FINALIZER_FAILED:
            options.run = { context, _, _ in
                Witness.at(context).note("failing")
                return Int32(AMBIT_FINALIZER_FAILED)
            }
        default:
            options.run = { context, own, _ in
                Witness.at(context).note("pending \(own)")
                return Int32(AMBIT_FINALIZER_PENDING)
            }
        }
        options.destroyed = { Witness.at($0).note("destroyed") }
        return options
    }

    @Test func finalizersRunInTheirPhaseAndAreDestroyedOnce() throws {
        let (test, plugin, tables) = try loaded()
        let drained = Witness()
        let freed = Witness()
        var out: ambit_finalizer = 0
        for reason in [AMBIT_REASON_COMPLETED, AMBIT_REASON_CANCELLED] {
            let scope = open(tables, plugin.scopeHandle)
            var drain = finalizer(drained, AMBIT_PHASE_DRAIN)
            var free = finalizer(freed, AMBIT_PHASE_FREE)
            #expect(tables.scope.on_close(scope, &drain, &out, nil) == ok)
            #expect(tables.scope.on_close(scope, &free, &out, nil) == ok)
            var why = ambit_reason()
            why.struct_size = UInt32(MemoryLayout<ambit_reason>.size)
            why.kind = Int32(reason)
            let closed = Witness()
            #expect(
                tables.scope.close(scope, &why, closed.context, { context, _ in Witness.at(context).note("closed") }, nil)
                    == ok)
            _ = closed.wait(1)
        }
        #expect(drained.wait(3) == ["run 0", "destroyed", "destroyed"])
        #expect(freed.wait(4) == ["run 0", "destroyed", "run 2", "destroyed"])
        end(test, plugin)
    }

    @Test func finalizersCanBePendingFailOrBeTakenBack() throws {
        let (test, plugin, tables) = try loaded()
        let scope = open(tables, plugin.scopeHandle)
        let witness = Witness()
        var out: ambit_finalizer = 0
        var wrong = finalizer(witness, 3)
        var error = makeError()
        #expect(tables.scope.on_close(scope, &wrong, &out, &error) == AMBIT_INVALID_ARGUMENT)
        #expect(error.message.contains("options.phase"))
        var short = finalizer(witness, AMBIT_PHASE_FREE)
        short.struct_size = 8
        #expect(tables.scope.on_close(scope, &short, &out, &error) == AMBIT_INVALID_ARGUMENT)
        #expect(error.message.contains("struct_size is 8"))
        var removed = finalizer(witness, AMBIT_PHASE_FREE)
        #expect(tables.scope.on_close(scope, &removed, &out, nil) == ok)
        #expect(tables.scope.finished(out, ok) == AMBIT_INVALID_ARGUMENT)
        #expect(tables.scope.remove(out) == ok)
        #expect(tables.scope.remove(out) == AMBIT_STALE_HANDLE)
        #expect(witness.wait(1) == ["destroyed"])
        var failing = finalizer(witness, AMBIT_PHASE_FREE, code: AMBIT_FINALIZER_FAILED)
        #expect(tables.scope.on_close(scope, &failing, &out, nil) == ok)
        let waiting = Witness()
        var pending = finalizer(waiting, AMBIT_PHASE_FREE, code: AMBIT_FINALIZER_PENDING)
        var own: ambit_finalizer = 0
        #expect(tables.scope.on_close(scope, &pending, &own, nil) == ok)
        let closed = Witness()
        #expect(
            tables.scope.close(
                scope, nil, closed.context,
                { context, report in
                    Witness.at(context).note("\(report!.pointee.failed) \(string(report!.pointee.text))")
                }, nil) == ok)
        #expect(waiting.wait(1) == ["pending \(own)"])
        #expect(tables.scope.remove(own) == AMBIT_CLOSED)
        #expect(closed.events.isEmpty)
        #expect(tables.scope.finished(own, ok) == ok)
        #expect(closed.wait(1).first?.hasPrefix("1 finalizer") == true)
        #expect(waiting.wait(2) == ["pending \(own)", "destroyed"])
        #expect(witness.wait(3) == ["destroyed", "failing", "destroyed"])
        end(test, plugin)
    }

    // MARK: - task

    private func task(_ witness: Witness) -> ambit_task_options {
        var options = ambit_task_options()
        options.struct_size = UInt32(MemoryLayout<ambit_task_options>.size)
        options.context = witness.context
        options.cancel = { context, reason in Witness.at(context).note("cancel \(reason!.pointee.kind)") }
        options.destroyed = { Witness.at($0).note("destroyed") }
        return options
    }

    @Test func anAdoptedTaskIsCancelledAwaitedAndDestroyedOnce() throws {
        let (test, plugin, tables) = try loaded()
        let scope = open(tables, plugin.scopeHandle)
        let witness = Witness()
        var options = task(witness)
        var out: ambit_task = 0
        #expect(tables.task.adopt(scope, &options, &out, nil) == ok)
        #expect(test.gauge("task") == 1)
        let closed = Witness()
        #expect(
            tables.scope.close(scope, nil, closed.context, { context, _ in Witness.at(context).note("closed") }, nil)
                == ok)
        #expect(witness.wait(1) == ["cancel 0"])
        #expect(closed.events.isEmpty)
        #expect(tables.task.adopt(scope, &options, &out, nil) == AMBIT_CLOSED)
        #expect(tables.task.finished(out) == ok)
        #expect(closed.wait(1) == ["closed"])
        #expect(witness.events == ["cancel 0", "destroyed"])
        #expect(tables.task.finished(out) == AMBIT_STALE_HANDLE)
        end(test, plugin)
    }

    @Test func aTaskThatFinishesByItselfIsNotCancelled() throws {
        let (test, plugin, tables) = try loaded()
        let witness = Witness()
        var options = task(witness)
        var out: ambit_task = 0
        #expect(tables.task.adopt(plugin.scopeHandle, &options, &out, nil) == ok)
        #expect(tables.task.finished(out) == ok)
        #expect(witness.wait(1) == ["destroyed"])
        #expect(tables.task.cancel(out) == AMBIT_STALE_HANDLE)
        #expect(tables.task.adopt(plugin.scopeHandle, &options, &out, nil) == ok)
        #expect(tables.task.cancel(out) == ok)
        #expect(tables.task.cancel(out) == ok)
        #expect(witness.wait(2) == ["destroyed", "cancel 2"])
        #expect(tables.task.finished(out) == ok)
        #expect(witness.wait(3).last == "destroyed")
        var wrong = task(witness)
        wrong.run = { _, _ in }
        #expect(tables.task.adopt(plugin.scopeHandle, &wrong, &out, nil) == AMBIT_INVALID_ARGUMENT)
        end(test, plugin)
    }

    @Test func spawnRunsOnABlockingThreadAndPostOnTheExecutor() throws {
        let (test, plugin, tables) = try loaded()
        let witness = Witness()
        var options = task(witness)
        var out: ambit_task = 0
        #expect(tables.task.spawn(plugin.scopeHandle, &options, &out, nil) == AMBIT_INVALID_ARGUMENT)
        options.run = { context, _ in Witness.at(context).note("run") }
        #expect(tables.task.spawn(plugin.scopeHandle, &options, &out, nil) == ok)
        #expect(witness.wait(2) == ["run", "destroyed"])
        let posted = Witness()
        #expect(tables.task.post(plugin.hostHandle, posted.context, { Witness.at($0).note("job") }) == ok)
        #expect(posted.wait(1) == ["job"])
        #expect(tables.task.post(plugin.scopeHandle, posted.context, { _ in }) == AMBIT_STALE_HANDLE)
        #expect(tables.task.post(plugin.hostHandle, nil, nil) == AMBIT_INVALID_ARGUMENT)
        end(test, plugin)
    }

    @Test func aFullBlockingQueueRefusesASpawnAndCallsNothingOfIt() throws {
        let (test, plugin, tables) = try loaded()
        let busy = Witness()
        let gate = Latch()
        let box = Unmanaged.passUnretained(gate).toOpaque()
        var options = ambit_task_options()
        options.struct_size = UInt32(MemoryLayout<ambit_task_options>.size)
        options.context = box
        options.run = { context, _ in
            let gate = Unmanaged<Latch>.fromOpaque(context!).takeUnretainedValue()
            _ = gate.wait(nanoseconds: 10_000_000_000)
            gate.open()
        }
        var out: ambit_task = 0
        var accepted = 0
        while tables.task.spawn(plugin.scopeHandle, &options, &out, nil) == ok { accepted += 1 }
        #expect((64...68).contains(accepted))
        var refused = task(busy)
        refused.run = { context, _ in Witness.at(context).note("run") }
        var error = makeError()
        // The threads may have taken the last ones from the queue meanwhile.
        while true {
            let status = tables.task.spawn(plugin.scopeHandle, &options, &out, nil)
            if status == AMBIT_FULL { break }
        }
        #expect(tables.task.spawn(plugin.scopeHandle, &refused, &out, &error) == AMBIT_FULL)
        #expect(error.message.contains("64 jobs wait"))
        gate.open()
        end(test, plugin)
        #expect(busy.events.isEmpty)
    }

    // MARK: - call and value

    @Test func infoTellsAHandlerWhatItsCallIs() throws {
        let (test, plugin, tables) = try loaded()
        let (call, _) = try test.invoke("limited", #"{"a":1}"#, context: .test(log: .warning, progress: true))
        let handle = try #require(call).handle
        var info = ambit_call_info()
        #expect(tables.call.info(handle, &info) == AMBIT_INVALID_ARGUMENT)
        info.struct_size = UInt32(MemoryLayout<ambit_call_info>.size)
        #expect(tables.call.info(handle, &info) == ok)
        #expect(info.era == AMBIT_ERA_MODERN && info.wants_progress == 1 && info.log_level == AMBIT_LOG_WARNING)
        #expect(string(info.tool) == "limited" && string(info.arguments) == #"{"a":1}"#)
        #expect(string(info.client_name) == "tester" && string(info.client_version) == "9")
        #expect(info.deadline_ns == test.runtime.now + 20 * second)
        var again = info
        #expect(tables.call.info(handle, &again) == ok && again.scope == info.scope && again.tool.data == info.tool.data)
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
        #expect(tables.call.progress(handle, 1, 2, ambit_text()) == ok)
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

    // MARK: - channel

    private typealias ReceiveDone = @convention(c) (UnsafeMutableRawPointer?, ambit_status, UnsafeMutableRawPointer?, UInt64) -> Void

    @Test func channelsPassPointersInOrderAndDestroyWhatNobodyGets() throws {
        let (test, plugin, tables) = try loaded()
        let scope = open(tables, plugin.scopeHandle)
        let items = (0..<4).map { _ in Witness() }
        var options = ambit_channel_options()
        options.struct_size = UInt32(MemoryLayout<ambit_channel_options>.size)
        options.capacity = 2
        options.overflow = Int32(AMBIT_OVERFLOW_WAIT)
        options.destroy_item = { Witness.at($0).note("destroyed") }
        var channel: ambit_channel = 0
        #expect(tables.channel.open(scope, &options, &channel, nil) == ok)
        var received: UnsafeMutableRawPointer?
        var dropped: UInt64 = 9
        #expect(tables.channel.try_receive(channel, &received, &dropped) == AMBIT_EMPTY)
        #expect(tables.channel.try_send(channel, items[0].context, 1, 0) == ok)
        #expect(tables.channel.try_send(channel, items[1].context, 1, 0) == ok)
        #expect(tables.channel.try_send(channel, items[2].context, 1, 0) == AMBIT_FULL)
        let sender = Witness()
        let sent: @convention(c) (UnsafeMutableRawPointer?, ambit_status) -> Void = { context, status in
            Witness.at(context).note("sent \(status)")
        }
        var sending: UInt64 = 0
        #expect(tables.channel.send(channel, items[2].context, 1, 0, sender.context, sent, &sending) == AMBIT_FULL)
        let impatient = Witness()
        #expect(tables.channel.send(channel, items[3].context, 1, 0, impatient.context, sent, &sending) == AMBIT_FULL)
        #expect(tables.channel.cancel_wait(channel, sending) == ok)
        #expect(impatient.wait(1) == ["sent \(AMBIT_CANCELLED)"])
        #expect(tables.channel.try_receive(channel, &received, &dropped) == ok && received == items[0].context && dropped == 0)
        #expect(sender.wait(1) == ["sent 0"])
        let receiver = Witness()
        let got: ReceiveDone = { context, status, item, _ in
            Witness.at(context).note(item == nil ? "got \(status)" : "got item")
        }
        var waiter: UInt64 = 0
        #expect(tables.channel.receive(channel, receiver.context, got, &waiter) == ok)
        #expect(receiver.wait(1) == ["got item"])
        #expect(tables.channel.cancel_wait(channel, waiter) == AMBIT_NOT_FOUND)
        #expect(tables.channel.try_receive(channel, &received, nil) == ok && received == items[2].context)
        #expect(tables.channel.receive(channel, receiver.context, got, &waiter) == ok)
        #expect(tables.channel.cancel_wait(channel, waiter) == ok)
        #expect(receiver.wait(2).last == "got \(AMBIT_CANCELLED)")
        #expect(tables.channel.try_send(channel, items[3].context, 1, 0) == ok)
        #expect(tables.channel.finish(channel) == ok)
        #expect(tables.channel.try_send(channel, items[0].context, 1, 0) == AMBIT_CLOSED)
        #expect(tables.channel.try_receive(channel, &received, nil) == ok)
        #expect(tables.channel.try_receive(channel, &received, nil) == AMBIT_CLOSED)
        #expect(tables.channel.try_receive(channel, &received, nil) == AMBIT_STALE_HANDLE)
        #expect(test.gauge("channel") == 0)
        // What is queued when the scope closes is destroyed.
        #expect(tables.channel.open(scope, &options, &channel, nil) == ok)
        #expect(tables.channel.try_send(channel, items[0].context, 1, 0) == ok)
        #expect(tables.scope.close(scope, nil, nil, nil, nil) == ok)
        #expect(items[0].wait(1) == ["destroyed"])
        #expect(tables.channel.close(channel) == AMBIT_STALE_HANDLE)
        options.capacity = 0
        #expect(tables.channel.open(plugin.scopeHandle, &options, &channel, nil) == AMBIT_INVALID_ARGUMENT)
        options.capacity = 1
        #expect(tables.channel.open(plugin.scopeHandle, &options, &channel, nil) == ok)
        #expect(tables.channel.receive(channel, receiver.context, got, nil) == ok)
        #expect(tables.channel.close(channel) == ok)
        #expect(receiver.wait(3).last == "got \(AMBIT_CLOSED)")
        end(test, plugin)
    }

    // MARK: - bus

    @Test func eventsReachSubscribersOfTheTopicAndSessionAndForeignTopicsNeedAPermission() throws {
        let (test, plugin, tables) = try loaded()
        let scope = open(tables, plugin.scopeHandle)
        func subscribe(_ topic: String, _ out: inout ambit_subscription, overflow: Int = AMBIT_OVERFLOW_DROP_OLDEST) -> ambit_status {
            withText(topic) { topic in
                var options = ambit_subscribe_options()
                options.struct_size = UInt32(MemoryLayout<ambit_subscribe_options>.size)
                options.topic = topic
                options.capacity = 4
                options.overflow = Int32(overflow)
                return tables.bus.subscribe(scope, &options, &out, nil)
            }
        }
        func publish(_ topic: String, _ payload: String) -> ambit_status {
            withText(topic) { topic in
                withText("k") { key in
                    Array(payload.utf8).withUnsafeBytes {
                        tables.bus.publish(plugin.hostHandle, topic, key, ambit_bytes(borrowing: $0), 0, nil)
                    }
                }
            }
        }
        var one: ambit_subscription = 0
        var all: ambit_subscription = 0
        #expect(subscribe("lines", &one) == ok)
        #expect(subscribe("/fixture/*", &all) == ok)
        #expect(subscribe("/other/lines", &all) == AMBIT_DENIED)
        #expect(subscribe("", &all) == AMBIT_INVALID_ARGUMENT)
        #expect(subscribe("lines", &all, overflow: AMBIT_OVERFLOW_WAIT) == AMBIT_INVALID_ARGUMENT)
        #expect(publish("/a/b", "x") == AMBIT_INVALID_ARGUMENT)
        #expect(publish("lines", "first") == ok)
        let witness = Witness()
        let done: @convention(c) (UnsafeMutableRawPointer?, ambit_status, UnsafePointer<ambit_event>?) -> Void = {
            context, status, event in
            guard let event = event?.pointee else { return Witness.at(context).note("ended \(status)") }
            let payload = UnsafeRawBufferPointer(start: event.payload.data, count: Int(event.payload.size))
            Witness.at(context).note("\(string(event.topic)) \(string(event.key)) \(String(decoding: payload, as: UTF8.self))")
        }
        #expect(tables.bus.next(one, witness.context, done, nil) == ok)
        #expect(witness.wait(1) == ["/fixture/lines k first"])
        var waiter: UInt64 = 0
        #expect(tables.bus.next(one, witness.context, done, &waiter) == ok)
        #expect(tables.bus.cancel_wait(one, waiter) == ok)
        #expect(witness.wait(2).last == "ended \(AMBIT_CANCELLED)")
        #expect(tables.bus.cancel_wait(one, waiter) == AMBIT_NOT_FOUND)
        #expect(tables.bus.close(one) == ok)
        #expect(tables.bus.close(one) == AMBIT_STALE_HANDLE)
        let last = Witness()
        #expect(tables.bus.next(all, last.context, done, nil) == ok)
        #expect(last.wait(1) == ["/fixture/lines k first"])
        #expect(tables.bus.next(all, last.context, done, nil) == ok)
        #expect(tables.scope.close(scope, nil, nil, nil, nil) == ok)
        #expect(last.wait(2).last == "ended \(AMBIT_CLOSED)")
        end(test, plugin)
    }

    @Test func aPluginWithThePermissionSeesTopicsOfOthers() throws {
        let (test, plugin, tables) = try loaded("PERMISSIONS=AMBIT_PERMISSION_FOREIGN_TOPICS")
        var out: ambit_subscription = 0
        let status = withText("/other/*") { topic in
            var options = ambit_subscribe_options()
            options.struct_size = UInt32(MemoryLayout<ambit_subscribe_options>.size)
            options.topic = topic
            options.capacity = 1
            options.overflow = Int32(AMBIT_OVERFLOW_FAIL)
            return tables.bus.subscribe(plugin.scopeHandle, &options, &out, nil)
        }
        #expect(status == ok)
        end(test, plugin)
    }

    // MARK: - timer

    @Test func timersTickOnThePluginsThreadsAndAreDestroyedOnce() throws {
        let (test, plugin, tables) = try loaded()
        #expect(tables.timer.now(plugin.hostHandle) == test.runtime.now)
        #expect(tables.timer.now(1) == 0)
        let witness = Witness()
        var options = ambit_timer_options()
        options.struct_size = UInt32(MemoryLayout<ambit_timer_options>.size)
        options.delay_ns = 5
        options.context = witness.context
        options.fire = { context, missed in Witness.at(context).note("tick \(missed)") }
        options.destroyed = { Witness.at($0).note("destroyed") }
        var once: ambit_timer = 0
        #expect(tables.timer.start(plugin.scopeHandle, &options, &once, nil) == ok)
        test.runtime.advance(by: 10)
        #expect(witness.wait(2) == ["tick 0", "destroyed"])
        #expect(tables.timer.cancel(once) == AMBIT_STALE_HANDLE)
        let periodic = Witness()
        options.context = periodic.context
        options.period_ns = 5
        var timer: ambit_timer = 0
        #expect(tables.timer.start(plugin.scopeHandle, &options, &timer, nil) == ok)
        for count in 1...3 {
            test.runtime.advance(by: 5)
            #expect(periodic.wait(count).count == count)
            plugin.settle()
        }
        #expect(tables.timer.cancel(timer) == ok)
        #expect(periodic.wait(4).last == "destroyed")
        test.runtime.advance(by: 50)
        plugin.settle()
        #expect(periodic.events.count == 4)
        options.period_ns = -1
        #expect(tables.timer.start(plugin.scopeHandle, &options, &timer, nil) == AMBIT_INVALID_ARGUMENT)
        options.period_ns = 0
        options.fire = nil
        #expect(tables.timer.start(plugin.scopeHandle, &options, &timer, nil) == AMBIT_INVALID_ARGUMENT)
        end(test, plugin)
    }

    // MARK: - log

    @Test func recordsGoToTheHostsLogUnderThePluginsName() throws {
        let (test, plugin, tables) = try loaded()
        #expect(tables.log.enabled(plugin.hostHandle, Int32(AMBIT_LOG_DEBUG)) == 0)
        #expect(tables.log.enabled(plugin.hostHandle, Int32(AMBIT_LOG_INFO)) == 1)
        #expect(tables.log.enabled(3, Int32(AMBIT_LOG_INFO)) == 0)
        withText("ready") { message in
            withText("port") { key in
                withText("80") { value in
                    var field = ambit_log_field(key: key, value: value)
                    tables.log.write(plugin.hostHandle, Int32(AMBIT_LOG_NOTICE), message, &field, 1)
                    tables.log.write(plugin.hostHandle, Int32(AMBIT_LOG_DEBUG), message, nil, 0)
                }
            }
        }
        #expect(test.log.all.filter { $0.contains("ready") } == ["notice fixture ready port=80"])
        end(test, plugin)
    }

    // MARK: - process

    @Test func processesNeedThePermission() throws {
        let (test, plugin, tables) = try loaded("PERMISSIONS=0")
        var options = ambit_process_options()
        options.struct_size = UInt32(MemoryLayout<ambit_process_options>.size)
        var out: ambit_process = 0
        var error = makeError()
        #expect(tables.process.start(plugin.scopeHandle, &options, &out, &error) == AMBIT_DENIED)
        #expect(error.message.contains("AMBIT_PERMISSION_PROCESS"))
        end(test, plugin)
    }

    @Test func aMissingLauncherAndAnEmptyCommandAreErrorsThatSaySo() throws {
        let test = TestHost(runtime: Runtime())
        let plugin = try test.host.load(path: try Fixture().path)
        let tables = try Tables(plugin)
        var options = ambit_process_options()
        options.struct_size = UInt32(MemoryLayout<ambit_process_options>.size)
        var out: ambit_process = 0
        var error = makeError()
        #expect(tables.process.start(plugin.scopeHandle, &options, &out, &error) == AMBIT_INVALID_ARGUMENT)
        #expect(error.message.contains("arguments is empty"))
        #expect(start(tables, plugin, ["true"], &out, &error) == AMBIT_FAILED)
        #expect(error.message.contains("/nonexistent/ambit-launcher") && error.detail == 2)
        end(test, plugin)
    }

    private func start(
        _ tables: Tables, _ plugin: PluginInstance, _ arguments: [String], _ out: inout ambit_process, _ error: inout ambit_error,
        flags: Int = 0
    ) -> ambit_status {
        let bytes = arguments.map { Array($0.utf8) }
        var all: [ambit_bytes] = []
        let storage = bytes.map { bytes in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
            copy.copyBytes(from: bytes)
            all.append(ambit_bytes(borrowing: UnsafeRawBufferPointer(rebasing: copy[..<bytes.count])))
            return copy
        }
        defer { for copy in storage { copy.deallocate() } }
        return all.withUnsafeBufferPointer { arguments in
            var options = ambit_process_options()
            options.struct_size = UInt32(MemoryLayout<ambit_process_options>.size)
            options.arguments = arguments.baseAddress
            options.arguments_count = UInt64(arguments.count)
            options.flags = UInt32(flags)
            return tables.process.start(plugin.scopeHandle, &options, &out, &error)
        }
    }

    @Test func aProcessIsReadFedWaitedForAndForgotten() throws {
        guard let launcher = Beside.file("ambit-launcher") else { return }
        let test = TestHost(runtime: Runtime(), launcher: launcher)
        let plugin = try test.host.load(path: try Fixture().path)
        let tables = try Tables(plugin)
        var process: ambit_process = 0
        var error = makeError()
        #expect(start(tables, plugin, ["cat"], &process, &error, flags: AMBIT_PROCESS_STDIN) == ok)
        let info: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<ambit_process_info>?) -> Void = { context, info in
            Witness.at(context).note("\(info!.pointee.state) \(info!.pointee.exit_code) \(info!.pointee.signal)")
        }
        let started = Witness()
        #expect(tables.process.wait_started(process, started.context, info) == ok)
        #expect(started.wait(1) == ["\(AMBIT_PROCESS_RUNNING) 0 0"])
        #expect(tables.process.forget(process) == AMBIT_INVALID_ARGUMENT)
        let exited = Witness()
        #expect(tables.process.wait(process, exited.context, info) == ok)
        let reader = Witness()
        let chunk: @convention(c) (UnsafeMutableRawPointer?, ambit_status, Int32, ambit_bytes) -> Void = {
            context, status, stream, bytes in
            let text = UnsafeRawBufferPointer(start: bytes.data, count: Int(bytes.size))
            Witness.at(context).note("\(status) \(stream) \(String(decoding: text, as: UTF8.self))")
        }
        #expect(tables.process.read(process, reader.context, chunk) == ok)
        #expect(tables.process.read(process, reader.context, chunk) == AMBIT_INVALID_ARGUMENT)
        let writer = Witness()
        let written: @convention(c) (UnsafeMutableRawPointer?, ambit_status) -> Void = { context, status in
            Witness.at(context).note("written \(status)")
        }
        let status = Array("hello".utf8).withUnsafeBytes {
            tables.process.write(process, ambit_bytes(borrowing: $0), writer.context, written)
        }
        #expect(status == ok)
        #expect(writer.wait(1) == ["written 0"])
        #expect(reader.wait(1) == ["0 1 hello"])
        #expect(tables.process.close_input(process) == ok)
        #expect(tables.process.read(process, reader.context, chunk) == ok)
        #expect(reader.wait(2).last == "\(AMBIT_CLOSED) 0 ")
        #expect(exited.wait(1) == ["\(AMBIT_PROCESS_EXITED) 0 0"])
        var facts = ambit_process_info()
        facts.struct_size = UInt32(MemoryLayout<ambit_process_info>.size)
        #expect(tables.process.info(process, &facts) == ok && facts.state == AMBIT_PROCESS_EXITED && facts.output_bytes == 5)
        #expect(tables.process.forget(process) == ok)
        #expect(tables.process.info(process, &facts) == AMBIT_STALE_HANDLE)

        #expect(start(tables, plugin, ["sleep", "100"], &process, &error) == ok)
        let killed = Witness()
        #expect(tables.process.wait(process, killed.context, info) == ok)
        #expect(tables.process.signal(process, 99) == AMBIT_INVALID_ARGUMENT)
        #expect(tables.process.stop(process, -1) == AMBIT_INVALID_ARGUMENT)
        #expect(tables.process.signal(process, 18) == ok)
        #expect(tables.process.stop(process, 0) == ok)
        #expect(killed.wait(1) == ["\(AMBIT_PROCESS_EXITED) 0 15"])
        // One that is left running ends with the plugin.
        #expect(start(tables, plugin, ["sleep", "100"], &process, &error) == ok)
        #expect(test.gauge("process") == 1)
        end(test, plugin)
    }
}
