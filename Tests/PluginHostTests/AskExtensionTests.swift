import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct AskExtensionTests: ExtensionSuite {
    /// A client that is asked, and answers when the test wants it to.
    private final class AskedSink: CallSink {
        let inner = RecordingSink()
        let asked = Lock<[(keys: [String], done: @Sendable ([AskAnswer]) -> Void)]>([])

        func progress(_ progress: Double, total: Double?, message: String?) -> SinkStatus { .queued }
        func log(_ level: LogLevel, logger: String, data: JSONValue) -> SinkStatus { .queued }
        func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) { ready(false) }
        func finish(_ outcome: CallOutcome) { inner.finish(outcome) }
        func ask(_ questions: [InputRequest], _ done: @escaping @Sendable ([AskAnswer]) -> Void) throws(AskRefusal) {
            asked.withLock { $0.append((questions.map(\.key), done)) }
        }
    }

    private static let note: PendingAsk.Done = { context, answers, count in
        let told = (0..<Int(count)).compactMap { answers?[$0]?.pointee }.map { answer in
            func text(_ text: ambit_text) -> String {
                String(decoding: UnsafeRawBufferPointer(start: text.data, count: Int(text.size)), as: UTF8.self)
            }
            return "\(text(answer.key)) \(answer.status) \(text(answer.result))\(text(answer.message))"
        }
        Witness.at(context).note(told.joined(separator: "; "))
    }

    private func ask(
        _ tables: Tables, _ call: Call, _ keys: [String], _ witness: Witness, _ error: UnsafeMutablePointer<ambit_error>
    ) -> ambit_status {
        let arena = TextArena(keys + ["{}"])
        let items = keys.indices.map { index in
            var item = ambit_ask_item()
            item.struct_size = UInt32(MemoryLayout<ambit_ask_item>.size)
            item.kind = Int32(AMBIT_ASK_ROOTS)
            item.key = arena[index]
            item.params = arena[keys.count]
            return item
        }
        return items.withUnsafeBufferPointer { items in
            let pointers = items.indices.map { index in items.baseAddress.map { $0 + index } }
            return pointers.withUnsafeBufferPointer {
                tables.ask.ask(call.handle, $0.baseAddress, UInt64($0.count), witness.context, Self.note, error)
            }
        }
    }

    @Test func answersComeOnceAndInOrder() throws {
        let (test, plugin, tables) = try loaded()
        let sink = AskedSink()
        let request = CallRequest(arguments: nil, context: .test())
        let tool = try #require(test.host.catalog.tool(named: "limited"))
        let call = try #require(tool.invoke(request, sink: sink))
        let witness = Witness()
        var error = makeError()
        #expect(ask(tables, call, ["a", "b"], witness, &error) == ok)
        #expect(ask(tables, call, ["b"], witness, &error) == AMBIT_INVALID_ARGUMENT && error.message.contains("'b'"))
        let (keys, done) = try #require(sink.asked.withLock { $0.first })
        #expect(keys == ["a", "b"])
        let value = try JSONDocument(parsing: #"{ "roots": [] }"#).root
        done([.result(value), .failed("no")])
        done([.timedOut, .timedOut])
        #expect(witness.wait(1) == ["a 0 {\"roots\":[]}; b 14 no"])
        // What still waits when the call ends is told so.
        #expect(ask(tables, call, ["c"], witness, &error) == ok)
        call.cancel(Reason(.cancelled, by: "client"))
        #expect(witness.wait(2).last == "c 7 the call has ended")
        #expect(tables.ask.ask(call.handle, nil, 0, nil, Self.note, &error) == AMBIT_STALE_HANDLE)
        end(test, plugin)
    }

    @Test func wrongQuestionsAreRefused() throws {
        let (test, plugin, tables) = try loaded()
        let (call, _) = try test.invoke("limited", "{}")
        let open = try #require(call)
        let witness = Witness()
        var error = makeError()
        #expect(tables.ask.ask(open.handle, nil, 0, nil, Self.note, &error) == AMBIT_INVALID_ARGUMENT)
        #expect(ask(tables, open, ["not a key"], witness, &error) == AMBIT_INVALID_ARGUMENT && error.message.contains("not a key"))
        #expect(ask(tables, open, ["a", "a"], witness, &error) == AMBIT_INVALID_ARGUMENT)
        #expect(ask(tables, open, (0...16).map { "k\($0)" }, witness, &error) == AMBIT_INVALID_ARGUMENT)
        // A sink behind which nobody is.
        #expect(ask(tables, open, ["a"], witness, &error) == AMBIT_UNSUPPORTED && error.message.contains("nobody"))
        open.cancel(Reason(.cancelled, by: "client"))
        end(test, plugin)
        #expect(witness.events.isEmpty)
    }
}
