import TestSupport
import Testing

@testable import Scopes

struct TimerTests {
    @Test func firesInOrderAndCancelledOnesDoNot() {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        for delay in [30, 10, 20, 40] as [Int64] { runtime.timers.schedule(after: delay) { recorder.note("\(delay)") } }
        let never = runtime.timers.schedule(after: 15) { recorder.note("never") }
        #expect(runtime.timers.cancel(never) && !runtime.timers.cancel(never))
        runtime.advance(by: 20)
        #expect(recorder.all == ["10", "20"])
        runtime.advance(by: 100)
        #expect(recorder.all == ["10", "20", "30", "40"] && runtime.timers.count == 0)
    }

    /// As with the machine's clock: whoever has read the time before it moved on starts a timer that is late already.
    @Test func whatIsStartedTooLateFiresAllTheSame() {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        runtime.timers.schedule(after: 10) { recorder.note("first") }
        let before = runtime.now
        runtime.advance(by: 100)
        runtime.timers.schedule(at: before + 50) { recorder.note("late") }
        #expect(eventually { recorder.all == ["first", "late"] })
    }

    /// One that is due by the end of an advance fires in it, whoever starts it on the way.
    @Test func whatATimerStartsOnTheWayFiresInTheSameAdvance() {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        runtime.timers.schedule(after: 10) {
            runtime.timers.schedule(after: 20) { recorder.note("second") }
        }
        runtime.advance(by: 30)
        #expect(recorder.all == ["second"])
    }

    /// S13: deadlines that come and go wake nobody, once something earlier is slept for, whether that still exists or not.
    @Test func startingAndCancellingDoesNotWakeTheSleeper() {
        let wakes = Lock(0)
        let queue = TimerQueue(clock: { 0 }, wake: { wakes.withLock { $0 += 1 } })
        for round in 0..<100 {
            let entry = queue.schedule(after: 1_000 + Int64(round)) {}
            // The sleeper wakes up for reasons of its own, while the timer exists and after it is gone.
            #expect(queue.sleepDeadline(now: 1) == 1_000)
            queue.cancel(entry)
            #expect(queue.sleepDeadline(now: 2) == 1_000)
        }
        #expect(wakes.withLock { $0 } == 1)
        #expect(queue.sleepDeadline(now: 1_000) == nil)
        queue.schedule(after: 500) {}
        #expect(wakes.withLock { $0 } == 2 && queue.sleepDeadline(now: 1_001) == 500)
    }

    @Test func periodicTicksNeverPileUp() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let executor = ThreadExecutor(name: "test", threads: 1)
        let (entered, proceed) = (Gate(), Gate())
        let missed = Lock<[UInt64]>([])
        let timer = try root.timer("tick", after: 10, every: 10, on: executor) { count in
            missed.withLock { $0.append(count) }
            entered.open()
            proceed.wait()
        }
        runtime.advance(by: 10)
        #expect(entered.wait())
        runtime.advance(by: 45)  // four ticks come while the first still runs
        proceed.open()
        let gate = Gate()
        executor.post { gate.open() }
        #expect(gate.wait())
        runtime.advance(by: 10)
        #expect(entered.wait())
        #expect(missed.withLock { $0 } == [0, 4])
        timer.stop()
        proceed.open()
        #expect(root.closeNow() != nil)
        #expect(runtime.ledger.gauge("timer") == 0)
        executor.stop()
    }

    /// S16: `ended` exactly once, after the last tick.
    @Test func aCancelledTimerSaysSoOnce() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let recorder = Recorder()
        _ = try root.timer(
            "once", after: 10, on: runtime.executor, fire: { _ in recorder.note("fired") },
            ended: { recorder.note("ended") })
        #expect(root.closeNow(Reason(.cancelled, by: "test")) != nil)
        runtime.advance(by: 100)
        #expect(recorder.all == ["ended"])
    }
}

struct ChannelTests {
    private func channel(_ overflow: Overflow, capacity: Int = 2, bytes: Int = .max) throws -> (Scope, Channel<Int>) {
        let scope = Scope.root(.manual())
        let channel = Channel<Int>(capacity: capacity, capacityBytes: bytes, overflow: overflow)
        try scope.add(channel)
        return (scope, channel)
    }

    private func values(_ channel: Channel<Int>) -> [(Int, UInt64)] {
        var result: [(Int, UInt64)] = []
        while case .element(let value, let dropped)? = channel.tryReceive() { result.append((value, dropped)) }
        return result
    }

    @Test func failSaysFull() throws {
        let (_, channel) = try channel(.fail)
        #expect(channel.trySend(1) == .queued && channel.trySend(2) == .queued && channel.trySend(3) == .full)
        #expect(values(channel).map(\.0) == [1, 2])
    }

    @Test func dropOldestTellsTheGap() throws {
        let (_, channel) = try channel(.dropOldest)
        for value in 1...5 { channel.trySend(value) }
        let received = values(channel)
        #expect(received.map(\.0) == [4, 5] && received.map(\.1) == [3, 0])
    }

    @Test func coalesceReplacesTheSameKey() throws {
        let (_, channel) = try channel(.coalesce)
        for value in 1...5 { channel.trySend(value, key: 9) }
        channel.trySend(6, key: 1)
        let received = values(channel)
        #expect(received.map(\.0) == [5, 6] && received.map(\.1) == [4, 0])
    }

    @Test func bytesBoundIt() throws {
        let (_, channel) = try channel(.fail, capacity: 100, bytes: 10)
        #expect(channel.trySend(1, bytes: 50) == .queued)  // alone it always fits
        #expect(channel.trySend(2, bytes: 1) == .full)
        #expect(values(channel).map(\.0) == [1])
        #expect(channel.trySend(3, bytes: 6) == .queued && channel.trySend(4, bytes: 6) == .full)
    }

    @Test func waitingSendersKeepTheirOrder() throws {
        let (scope, channel) = try channel(.wait, capacity: 1)
        let recorder = Recorder()
        #expect(channel.trySend(1) == .queued)
        for value in 2...3 {
            #expect(channel.send(value, done: { recorder.note("\(value) \($0)") }).result == .full)
        }
        #expect(values(channel).map(\.0) == [1, 2, 3])
        settle(scope.runtime)
        #expect(Set(recorder.all) == ["2 queued", "3 queued"])
    }

    @Test func finishingDrainsAndClosingDoesNot() throws {
        let recorder = Recorder()
        let scope = Scope.root(.manual())
        let first = Channel<Int>(capacity: 9, overflow: .fail, discard: { recorder.note("discarded \($0)") })
        let second = Channel<Int>(capacity: 9, overflow: .fail, discard: { recorder.note("discarded \($0)") })
        try scope.add(first)
        try scope.add(second)
        for value in 1...2 {
            first.trySend(value)
            second.trySend(value + 10)
        }
        first.finish()
        second.close()
        #expect(first.trySend(3) == .closed && second.trySend(3) == .closed)
        #expect(values(first).map(\.0) == [1, 2])
        if case .closed? = first.tryReceive() {} else { Issue.record("not closed") }
        #expect(recorder.all == ["discarded 11", "discarded 12"])
        #expect(scope.counts.resources == 0)
    }

    @Test func aWaitCanBeCancelledOnce() throws {
        let (scope, channel) = try channel(.wait)
        let recorder = Recorder()
        let waiter = channel.receive { result in
            if case .cancelled = result { recorder.note("cancelled") } else { recorder.note("other") }
        }
        #expect(channel.cancelWait(waiter) && !channel.cancelWait(waiter))
        settle(scope.runtime)
        #expect(recorder.all == ["cancelled"])
    }

    @Test func closingTheScopeEndsWaiters() throws {
        let (scope, channel) = try channel(.wait)
        let gate = Gate()
        channel.receive { if case .closed = $0 { gate.open() } }
        #expect(scope.closeNow(Reason(.cancelled, by: "test")) != nil)
        #expect(gate.wait())
    }
}

struct BusTests {
    private func received(_ subscription: Subscription) -> [String] {
        var result: [String] = []
        while case .element(let event, _)? = subscription.tryReceive() {
            result.append(String(decoding: event.payload, as: UTF8.self))
        }
        return result
    }

    @Test func topicsKeysAndSessionsFilter() throws {
        let root = Scope.root(.manual())
        let bus = Bus(root.runtime)
        func subscribe(_ topic: String, key: String = "", session: UInt64 = 0) throws -> Subscription {
            try bus.subscribe(in: root, topic: topic, key: key, session: session, capacity: 16, overflow: .dropOldest)
        }
        let exact = try subscribe("logs/a")
        let prefix = try subscribe("logs/*")
        let keyed = try subscribe("logs/a", key: "k")
        let ofSession = try subscribe("logs/a", session: 1)
        bus.publish(topic: "logs/a", payload: Array("1".utf8))
        bus.publish(topic: "logs/b", payload: Array("2".utf8))
        bus.publish(topic: "logs/a", key: "k", payload: Array("3".utf8), session: 1)
        bus.publish(topic: "logs/a", payload: Array("4".utf8), session: 2)
        #expect(received(exact) == ["1", "3", "4"])
        #expect(received(prefix) == ["1", "2", "3", "4"])
        #expect(received(keyed) == ["3"])
        #expect(received(ofSession) == ["1", "3"])
    }

    /// What large events took goes back to the system once the last subscription is done with them.
    @Test func theMemoryOfLargeEventsIsGivenBack() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let bus = Bus(runtime)
        let scope = try root.open(.call)
        let subscription = try bus.subscribe(in: scope, topic: "t", capacity: 4, overflow: .dropOldest)
        let other = try bus.subscribe(in: scope, topic: "t", capacity: 4, overflow: .dropOldest)
        bus.publish(topic: "t", payload: [1])
        #expect(received(subscription) == ["\u{1}"] && received(other) == ["\u{1}"])
        #expect(runtime.timers.count == 0)
        bus.publish(topic: "t", payload: [UInt8](repeating: 0x61, count: 1 << 20))
        #expect(received(subscription).count == 1)
        #expect(runtime.timers.count == 0, "one has it still")
        let gone = Gate()
        scope.close(Reason(.completed, by: "test")) { _ in gone.open() }
        #expect(gone.wait())
        settle(runtime)
        #expect(runtime.timers.count == 1)
        runtime.advance(by: HeapTrim.delay)
        settle(runtime)
        #expect(runtime.timers.count == 0)
    }

    /// L5: a subscription ends with its scope, and the publisher does not know it any more.
    @Test func pastSubscribersAreForgotten() throws {
        let root = Scope.root(.manual())
        let bus = Bus(root.runtime)
        for _ in 0..<1_000 {
            let scope = try root.open(.call)
            _ = try bus.subscribe(in: scope, topic: "t", capacity: 1, overflow: .coalesce)
            #expect(bus.count == 1 && bus.count(topic: "t") == 1)
            scope.close(Reason(.disconnected, by: "test"))
        }
        #expect(bus.count == 0 && root.runtime.ledger.gauge("subscription") == 0)
    }

    @Test func aSlowSubscriberThatWantsNoLossIsEnded() throws {
        let root = Scope.root(.manual())
        let bus = Bus(root.runtime)
        let slow = try bus.subscribe(in: root, topic: "t", capacity: 2, overflow: .fail)
        for index in 0..<5 { bus.publish(topic: "t", payload: [UInt8(index) + 48]) }
        #expect(bus.count == 0 && received(slow) == ["0", "1"])
    }

    @Test func aClosedScopeTakesNoSubscription() throws {
        let root = Scope.root(.manual())
        let bus = Bus(root.runtime)
        let scope = try root.open(.call)
        _ = scope.closeNow()
        expectClosed {
            try bus.subscribe(in: scope, topic: "t", capacity: 1, overflow: .fail)
        }
        #expect(bus.count == 0)
    }
}

struct ExecutorTests {
    /// S21: the host goes on while Swift's shared pool is blocked.
    @Test func theHostDoesNotNeedTheSharedPool() throws {
        let runtime = Runtime()
        defer { runtime.stop() }
        let root = Scope.root(runtime)
        let release = Gate()
        for _ in 0..<8 { Task.detached { release.wait() } }
        defer { for _ in 0..<8 { release.open() } }
        let gate = Gate()
        _ = try root.spawn("host work") {
            await Task.yield()
            gate.open()
        }
        #expect(gate.wait())
        let fired = Gate()
        runtime.timers.schedule(after: 1_000_000) { fired.open() }
        #expect(fired.wait())
        #expect(root.closeNow() != nil)
    }

    @Test func tasksStayOnTheExecutorOverSuspensions() throws {
        let executor = ThreadExecutor(name: "mine", threads: 1)
        let root = Scope.root(.manual())
        let gate = Gate()
        let seen = Lock<[Bool]>([])
        _ = try root.spawn("t", on: executor) {
            seen.withLock { $0.append(executor.isCurrent) }
            await Task.yield()
            seen.withLock { $0.append(executor.isCurrent) }
            gate.open()
        }
        #expect(gate.wait())
        #expect(seen.withLock { $0 } == [true, true])
        #expect(root.closeNow() != nil)
        #expect(executor.stop())
    }

    /// S22: bounded, an error and not growth; abandoned threads are replaced four times.
    @Test func theBlockingPoolRefusesWhenFull() {
        let pool = BlockingPool(name: "pool", threads: 1, queue: 2)
        let (entered, release) = (Gate(), Gate())
        #expect(
            pool.submit {
                entered.open(); release.wait()
            })
        #expect(entered.wait())
        #expect(pool.submit {} && pool.submit {} && !pool.submit {})
        for _ in 0..<BlockingPool.replacements { #expect(pool.replaceAbandonedThread()) }
        #expect(!pool.replaceAbandonedThread())
        release.open()
        #expect(pool.stop())
        #expect(!pool.submit {})
    }

    @Test func theReactorSleepsWhenNothingHappens() {
        let runtime = Runtime()
        defer { runtime.stop() }
        // Deadlines that are far away, started and cancelled: hardly a wake-up for all thousand of them (S13, S17).
        let before = runtime.reactor!.rounds
        for _ in 0..<1_000 {
            let entry = runtime.timers.schedule(after: 3_600_000_000_000) {}
            runtime.timers.cancel(entry)
        }
        #expect(runtime.reactor!.rounds - before < 10)
    }
}

struct SnapshotTests {
    @Test func theTreeShowsOwnersAndResources() throws {
        let root = Scope.root(.manual())
        let session = try root.open(.session, "s1")
        let plugin = try root.open(.plugin, "logs#1")
        let use = try session.open(.use, "logs", alsoOwnedBy: plugin)
        let entry = try use.adopt("reader", cancel: { _ in })
        let text = root.dumpText()
        #expect(text.contains("session s1") && text.contains("· task reader") && text.contains("shown under"))
        #expect(use.path == "server/session s1/logs")
        entry.finished()
        #expect(root.closeNow() != nil)
    }
}
