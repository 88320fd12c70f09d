// Rows that need no server: scanning, scopes, spawning, publishing, closing. One line for each: name, value, unit, and what it is compared with.

import CAllocations
import Glibc
import JSON
import Scopes

func nanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// The best of several rounds, per repetition: noise only ever adds.
func best(rounds: Int = 9, of count: Int, _ body: () -> Void) -> Double {
    body()
    var least = Int64.max
    for _ in 0..<rounds {
        let start = nanoseconds()
        body()
        least = min(least, nanoseconds() - start)
    }
    return Double(least) / Double(count)
}

func line(_ name: String, _ values: Double...) {
    print(name, values.map { "\($0)" }.joined(separator: " "))
}

func scanning() throws {
    let text =
        #"{"jsonrpc":"2.0","id":42,"method":"tools/call","params":{"name":"echo","arguments":{"text":"hello, world","times":3},"_meta":{"progressToken":"abc-123","io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}  "#
    let bytes = Array((text + String(repeating: " ", count: max(0, 230 - text.utf8.count))).utf8)
    let scanner = JSONScanner(limits: .default)
    var tape = JSONTape(reserving: 64)
    try bytes.withUnsafeBytes { try scanner.scan($0, into: &tape) }
    let count = 20_000
    let before = bench_allocations()
    let time = best(of: count) {
        bytes.withUnsafeBytes { buffer in
            for _ in 0..<count { try? scanner.scan(buffer, into: &tape) }
        }
    }
    line("scan", time, Double(bench_allocations() - before) / Double(count * 10), Double(bytes.count))
}

func scopes(_ runtime: Runtime, _ root: Scope) {
    let count = 20_000
    let reason = Reason(.completed, by: "bench")
    let before = bench_allocations()
    let time = best(of: count) {
        for _ in 0..<count {
            guard let scope = try? root.open(.call, "call") else { return }
            scope.close(reason)
        }
    }
    line("scope", time, Double(bench_allocations() - before) / Double(count * 10))
}

/// Spawn and finish in a scope against a bare task, both awaited, on the same executor.
func spawning(_ runtime: Runtime, _ root: Scope) async {
    let count = 5_000
    func measure(_ start: (@escaping @Sendable () -> Void) -> Void) async -> Double {
        var least = Int64.max
        for _ in 0..<9 {
            let left = Lock(count)
            let begun = nanoseconds()
            await withCheckedContinuation { continuation in
                for _ in 0..<count {
                    start {
                        let isLast = left.withLock { left in
                            left -= 1
                            return left == 0
                        }
                        if isLast { continuation.resume() }
                    }
                }
            }
            least = min(least, nanoseconds() - begun)
        }
        return Double(least) / Double(count)
    }
    let executor = runtime.executor
    let bare = await measure { done in Task(executorPreference: executor) { done() } }
    let owned = await measure { done in _ = try? root.spawn("task", on: executor) { done() } }
    line("spawn", owned, bare)
}

/// Publishing to N subscribers against appending to N arrays under a lock; then again after many that came and went.
func publishing(_ runtime: Runtime, _ root: Scope) throws {
    let subscribers = 100
    let count = 1_000
    let bus = Bus(runtime)
    let payload = [UInt8](repeating: 65, count: 64)
    let scope = try root.open(.custom, "subscribers")
    func subscribe(_ scope: Scope) throws {
        _ = try bus.subscribe(
            in: scope, topic: "/bench/topic", key: "", session: 0, capacity: 64, capacityBytes: .max, overflow: .dropOldest, executor: nil)
    }
    for _ in 0..<subscribers { try subscribe(scope) }
    func publish() -> Double { best(of: count) { for _ in 0..<count { bus.publish(topic: "/bench/topic", payload: payload) } } }
    let fresh = publish()
    for _ in 0..<10_000 {
        let passing = try root.open(.custom, "passing")
        try subscribe(passing)
        passing.close(Reason(.completed, by: "bench"))
    }
    let later = publish()
    let lock = Lock([[[UInt8]]](repeating: [], count: subscribers))
    let arrays = best(of: count) {
        lock.withLock { queues in
            for index in queues.indices { queues[index].removeAll(keepingCapacity: true) }
        }
        for _ in 0..<count {
            lock.withLock { queues in
                for index in queues.indices { queues[index].append(payload) }
            }
        }
    }
    line("publish", fresh, arrays, later, Double(subscribers))
    scope.close(Reason(.completed, by: "bench"))
}

/// A session with many resources that need no waiting.
func closing(_ root: Scope) throws {
    func close(_ count: Int) throws -> Double {
        var least = Int64.max
        for _ in 0..<5 {
            let session = try root.open(.session, "s")
            for number in 0..<count {
                if number % 2 == 0 {
                    try session.onClose(.free, "finalizer") { _ in }
                } else {
                    _ = try session.arena("arena", limit: 64)
                }
            }
            let start = nanoseconds()
            let latch = Latch()
            session.close(Reason(.completed, by: "bench")) { _ in latch.open() }
            latch.wait()
            least = min(least, nanoseconds() - start)
        }
        return Double(least)
    }
    line("close", try close(10_000) / 1e6, try close(1_000) / 1e6)
}

let runtime = Runtime(executorThreads: 1)
let root = Scope.root(runtime)
try scanning()
scopes(runtime, root)
await spawning(runtime, root)
try publishing(runtime, root)
try closing(root)
fflush(nil)
_exit(0)
