import CAmbit

@testable import AmbitPlugin

/// A host of tables and nothing else: enough to drive the SDK, with everything that it did recorded.
///
/// Its clock stands still: a timer fires when the test says so. Callbacks come on another thread, never before the function that they
/// answer returns.
final class FakeHost: @unchecked Sendable {  // guarded by `lock`
    struct Timer {
        let delay: Int64
        let options: ambit_timer_options
    }
    struct Finished: Equatable {
        var texts: [String]
        var structured: String
        var isError: Bool
    }
    struct State {
        var lastHandle: UInt64 = 100
        var timers: [UInt64: Timer] = [:]
        var tasks: [UInt64: ambit_task_options] = [:]
        var finished: [UInt64: Finished] = [:]
        var waiters: [UInt64: (Finished) -> Void] = [:]
        var timerWatchers: [() -> Void] = []
        var arguments: [UInt64: [FakeValue]] = [:]
        var closedScopes: Set<UInt64> = []
        var progress: [Double] = []
        var logged: [String] = []
        var room = Int.max
        var writable: [() -> Void] = []
        var channels: [UInt64: FakeChannel] = [:]
        var minted: [String] = []
        var secondFinishes = 0
        /// Its client comes back to a stream that was closed; milliseconds after which it was told to.
        var comesBack = true
        var disconnects: [Int64] = []
    }

    /// C functions find the host of a test by a handle; all handles are made here and never reused.
    private static let hosts = Lock<[UInt64: FakeHost]>([:])
    private static let lastHost = Lock<UInt64>(0)

    private let lock = Lock(Unchecked(value: State()))
    let thread = FakeThread()
    let handle: UInt64
    let log = "fake"

    private struct Unchecked: @unchecked Sendable {  // only touched under `lock`
        var value: State
    }

    init() {
        handle = FakeHost.lastHost.withLock {
            $0 += 1
            return $0 << 32
        }
        FakeHost.hosts.withLock { [handle] in $0[handle] = Holder(self).host }
    }

    private struct Holder: @unchecked Sendable {  // needs no lock: immutable
        let host: FakeHost
        init(_ host: FakeHost) { self.host = host }
    }

    static func of(_ handle: UInt64) -> FakeHost? {
        hosts.withLock { $0[(handle >> 32) << 32] }
    }

    func with<R: Sendable>(_ body: @Sendable (inout State) -> R) -> R {
        lock.withLock { body(&$0.value) }
    }

    func end() {
        thread.end()
        FakeHost.hosts.withLock { [handle] in $0[handle] = nil }
    }

    func next() -> UInt64 {
        let handle = handle
        return with { state in
            state.lastHandle += 1
            return handle | state.lastHandle
        }
    }

    var host: Host {
        get throws { Host(try HostRuntime(table, configuration: "{}")) }
    }

    var table: ambit_host {
        ambit_host(
            struct_size: UInt32(MemoryLayout<ambit_host>.size), abi_minor: 1, handle: handle, scope: handle | 1,
            get_extension: { _, id in id.flatMap { FakeTables.all[String(cString: $0)] }.map { UnsafeRawPointer($0) } })
    }

    // MARK: What a test does

    /// Calls a tool and gives what it finished with.
    func call(_ tool: Tool, _ arguments: JSON, host: Host) async -> Finished {
        let binding = ToolBinding(tool, host: host)
        let call = next()
        with { $0.arguments[call] = FakeValue.flatten(arguments) }
        return await withCheckedContinuation { waiter in
            with { $0.waiters[call] = { waiter.resume(returning: $0) } }
            thread.post { binding.invoke(call) }
        }
    }

    /// Waits until the SDK has started a timer.
    func timerStarted() async {
        await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
            let now = with { state in
                if !state.timers.isEmpty { return true }
                state.timerWatchers.append { waiter.resume() }
                return false
            }
            if now { waiter.resume() }
        }
    }

    /// Lets every timer tick once; those that don't repeat end. Gives their delays.
    @discardableResult func fireTimers() -> [Int64] {
        let timers = with { state in
            defer { state.timers = state.timers.filter { $0.value.options.period_ns > 0 } }
            return Unsent(state.timers.values.map { $0 })
        }.value
        for timer in timers {
            thread.post {
                timer.options.fire(timer.options.context, 0)
                if timer.options.period_ns == 0 { timer.options.destroyed?(timer.options.context) }
            }
        }
        return timers.map(\.delay)
    }

    /// Closes every scope: timers and tasks are cancelled.
    func closeScopes() {
        let (timers, tasks) = with { state in
            defer { state.timers = [:] }
            state.closedScopes = [1]
            return Unsent((state.timers.values.map { $0 }, state.tasks.values.map { $0 }))
        }.value
        thread.post {
            for task in tasks { task.cancel?(task.context, nil) }
            for timer in timers { timer.options.destroyed?(timer.options.context) }
        }
    }

    /// Runs after everything that is queued.
    func settled() async {
        await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in thread.post { waiter.resume() } }
    }

    struct Unsent<T>: @unchecked Sendable {  // needs no lock: immutable, handed over
        let value: T
        init(_ value: T) { self.value = value }
    }
}
