import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

/// A server with one plugin host, on a manual clock unless told otherwise.
final class TestHost: Sendable {
    let runtime: Runtime
    let scope: Scope
    let host: PluginHost
    let log = RecordingLog()
    let folders = HostFolders(
        state: Fixture.temporary("state"), cache: Fixture.temporary("cache"), workspace: "/work-space", temporary: "/tmp")

    init(
        runtime: Runtime = .manual(), launcher: String = "/nonexistent/ambit-launcher",
        loading change: (inout LoadingOptions) -> Void = { _ in }
    ) {
        self.runtime = runtime
        scope = Scope.root(runtime)
        var loading = LoadingOptions()
        loading.cache = Fixture.folder()
        change(&loading)
        host = PluginHost(scope: scope, bus: Bus(runtime), launcherPath: launcher, folders: folders, loading: loading, log: log)
    }

    /// Closes everything and waits; what is left then is in the ledger.
    func shutdown() {
        _ = scope.closeNow(Reason(.shutdown, by: "test"))
        runtime.stop()
    }

    func invoke(
        _ tool: String, _ arguments: String? = nil, session: HostSession? = nil, context: RequestContext = .test(),
        principal: String = "", endsSessions: Bool = false
    ) throws -> (Call?, RecordingSink) {
        let sink = RecordingSink()
        let value = try arguments.map { try JSONDocument(parsing: $0).root }
        let request = CallRequest(arguments: value, context: context, session: session, principal: principal, endsSessions: endsSessions)
        let call = try #require(host.catalog.tool(named: tool)).invoke(request, sink: sink)
        return (call, sink)
    }

    func gauge(_ kind: String) -> Int { runtime.ledger.gauge(kind) }
    func counter(_ name: String) -> Int { runtime.ledger.counters().first { $0.0 == name }?.1 ?? 0 }

    /// Every kind that a plugin can hold something of, and what of it exists.
    var leftovers: [String] {
        runtime.ledger.totals().filter { $0.live != 0 }.map { "\($0.name) \($0.live)" }
    }

    /// Lets what is queued on the host's executor run.
    func settle() {
        // Work there posts more work there, a few times at the most.
        for _ in 0..<6 {
            let meeting = Meeting(2)
            let ended = (0..<2).map { _ in Latch() }
            for latch in ended {
                runtime.executor.post {
                    meeting.attend()
                    latch.open()
                }
            }
            for latch in ended { _ = latch.wait(nanoseconds: 10_000_000_000) }
        }
    }
}

extension PluginInstance {
    /// Lets what is queued or running on the plugin's two threads end: both of them meet.
    func settle() {
        let meeting = Meeting(2)
        let ended = (0..<2).map { _ in Latch() }
        for latch in ended {
            executor.post {
                meeting.attend()
                latch.open()
            }
        }
        for latch in ended { _ = latch.wait(nanoseconds: 10_000_000_000) }
    }

    /// Closes it and waits until it is gone; nil when that takes too long.
    func closeNow(_ reason: Reason = Reason(.unloaded, by: "test")) -> Report? {
        let box = Box<Report>()
        close(reason) { box.set($0) }
        return box.wait()
    }

    var hostHandle: ambit_host_handle { foreignHost.handle }
    var scopeHandle: ambit_scope { foreignHost.pointer.pointee.scope }
}

extension Scope {
    func closeNow(_ reason: Reason = Reason(.completed, by: "test")) -> Report? {
        let box = Box<Report>()
        close(reason) { box.set($0) }
        return box.wait()
    }
}

/// Threads that wait for each other.
final class Meeting: Sendable {
    private let missing: Lock<Int>
    private let open = Latch()

    init(_ count: Int) { missing = Lock(count) }

    func attend() {
        let left = missing.withLock {
            $0 -= 1
            return $0
        }
        if left > 0 { _ = open.wait(nanoseconds: 10_000_000_000) }
        open.open()
    }
}

/// A value that another thread brings, waited for with a limit that only a failing test reaches.
final class Box<Value: Sendable>: Sendable {
    private let value = Lock<Value?>(nil)
    private let latch = Latch()

    func set(_ new: Value) {
        value.withLock { $0 = new }
        latch.open()
    }

    func wait() -> Value? { latch.wait(nanoseconds: 10_000_000_000) ? value.withLock { $0 } : nil }
    var current: Value? { value.withLock { $0 } }
}

final class RecordingLog: HostLog {
    private let records = Lock<[String]>([])

    func enabled(_ level: LogLevel) -> Bool { level >= .info }

    func write(_ level: LogLevel, plugin: String?, _ message: String, _ fields: [(String, String)]) {
        let text = "\(level.name) \(plugin ?? "-") \(message) " + fields.map { "\($0)=\($1)" }.joined(separator: " ")
        records.withLock { $0.append(text) }
    }

    var all: [String] { records.withLock { $0 } }
    func contains(_ text: String) -> Bool { all.contains { $0.contains(text) } }
}

final class RecordingSink: CallSink {
    private struct State {
        var lines: [String] = []
        var outcomes: [CallOutcome] = []
        var status = SinkStatus.queued
        var ready: [@Sendable (Bool) -> Void] = []
    }
    private let state = Lock(State())
    private let finished = Latch()

    func progress(_ progress: Double, total: Double?, message: String?) -> SinkStatus {
        state.withLock { state in
            state.lines.append("progress \(progress) of \(total.map { "\($0)" } ?? "?") \(message ?? "-")")
            return state.status
        }
    }

    func log(_ level: LogLevel, logger: String, data: JSONValue) -> SinkStatus {
        state.withLock { state in
            state.lines.append("log \(level.name) \(logger) \(String(decoding: data.compact, as: UTF8.self))")
            return state.status
        }
    }

    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) { state.withLock { $0.ready.append(ready) } }

    func finish(_ outcome: CallOutcome) {
        state.withLock { $0.outcomes.append(outcome) }
        finished.open()
    }

    var lines: [String] { state.withLock { $0.lines } }
    var outcomes: [CallOutcome] { state.withLock { $0.outcomes } }
    func set(_ status: SinkStatus) { state.withLock { $0.status = status } }
    func becomeWritable(_ open: Bool) {
        let ready = state.withLock { state in
            defer { state.ready = [] }
            return state.ready
        }
        for each in ready { each(open) }
    }

    /// The outcome in words: "result …", "failure …", "cancelled kind: text".
    func wait() -> String {
        guard finished.wait(nanoseconds: 10_000_000_000) else { return "nothing" }
        finished.open()
        return text
    }

    var text: String {
        guard let outcome = outcomes.first else { return "none" }
        switch outcome {
        case .result(let result):
            let texts = result.content.map { item -> String in
                if case .text(let text) = item { return text }
                return "\(item)"
            }
            return "result " + texts.joined(separator: ",") + (result.isError ? " (error)" : "")
        case .failure(let error): return "failure \(error.code) \(error.message)"
        case .cancelled(let reason): return "cancelled \(reason.kind.name): \(reason.text)"
        }
    }
}

extension RequestContext {
    static func test(log: LogLevel? = nil, progress: Bool = false, modern: Bool = true) -> RequestContext {
        RequestContext(
            version: modern ? .v2026_07_28 : .v2025_11_25,
            client: ClientDescription(
                info: try? JSONDocument(parsing: #"{"name":"tester","version":"9"}"#).root, capabilities: nil),
            logLevel: log, progressToken: progress ? .integer(1) : nil)
    }
}

/// The host's tables as a plugin gets them: through `get_extension`.
struct Tables {
    let scope: ambit_host_scope
    let task: ambit_host_task
    let call: ambit_host_call
    let session: ambit_host_session
    let value: ambit_host_value
    let channel: ambit_host_channel
    let bus: ambit_host_bus
    let timer: ambit_host_timer
    let process: ambit_host_process
    let log: ambit_host_log
    let context: ambit_host_context
    let ask: ambit_host_ask
    let paths: ambit_host_paths
    let registry: ambit_host_registry
    let result: ambit_host_result
    let metrics: ambit_host_metrics

    init(_ instance: PluginInstance) throws {
        func table<T>(_ id: String, _ type: T.Type) throws -> T {
            let find = try #require(instance.foreignHost.pointer.pointee.get_extension)
            let pointer = try #require(find(instance.hostHandle, id))
            #expect(pointer.load(as: UInt32.self) == UInt32(MemoryLayout<T>.size))
            return pointer.assumingMemoryBound(to: T.self).pointee
        }
        scope = try table(AMBIT_EXT_SCOPE, ambit_host_scope.self)
        task = try table(AMBIT_EXT_TASK, ambit_host_task.self)
        call = try table(AMBIT_EXT_CALL, ambit_host_call.self)
        session = try table(AMBIT_EXT_SESSION, ambit_host_session.self)
        value = try table(AMBIT_EXT_VALUE, ambit_host_value.self)
        channel = try table(AMBIT_EXT_CHANNEL, ambit_host_channel.self)
        bus = try table(AMBIT_EXT_BUS, ambit_host_bus.self)
        timer = try table(AMBIT_EXT_TIMER, ambit_host_timer.self)
        process = try table(AMBIT_EXT_PROCESS, ambit_host_process.self)
        log = try table(AMBIT_EXT_LOG, ambit_host_log.self)
        context = try table(AMBIT_EXT_CONTEXT, ambit_host_context.self)
        ask = try table(AMBIT_EXT_ASK, ambit_host_ask.self)
        paths = try table(AMBIT_EXT_PATHS, ambit_host_paths.self)
        result = try table(AMBIT_EXT_RESULT, ambit_host_result.self)
        metrics = try table(AMBIT_EXT_METRICS, ambit_host_metrics.self)
        registry = try table(AMBIT_EXT_REGISTRY, ambit_host_registry.self)
    }
}

/// What C callbacks of a test write to; its address is their context.
final class Witness: Sendable {
    private let state = Lock<(events: [String], count: Int)>(([], 0))
    private let latch = Latch()

    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    static func at(_ context: UnsafeMutableRawPointer?) -> Witness {
        Unmanaged<Witness>.fromOpaque(context!).takeUnretainedValue()
    }

    func note(_ event: String) {
        state.withLock { $0.events.append(event) }
        latch.open()
    }

    var events: [String] { state.withLock { $0.events } }

    /// Waits for so many events in all.
    func wait(_ count: Int) -> [String] {
        while events.count < count { if !latch.wait(nanoseconds: 10_000_000_000) { break } }
        return events
    }
}

/// Lends a text to a host function.
func withText<R>(_ text: String, _ body: (ambit_text) throws -> R) rethrows -> R {
    var text = text
    return try text.withUTF8 { try body(ambit_text(borrowing: UnsafeRawBufferPointer($0))) }
}

func makeError() -> ambit_error {
    var error = ambit_error()
    error.struct_size = UInt32(MemoryLayout<ambit_error>.size)
    return error
}

func string(_ text: ambit_text) -> String {
    String(decoding: UnsafeRawBufferPointer(start: text.data, count: Int(text.size)), as: UTF8.self)
}

let ok = ambit_status(AMBIT_OK)
