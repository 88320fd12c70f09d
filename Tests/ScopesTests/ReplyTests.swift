import Synchronization
import TestSupport
import Testing

@testable import Scopes

struct ReplyStateTests {
    /// Every sequence of five events against a model that knows only the promise: one outcome, the first; each wait is told at most once.
    @Test func everySequenceOfFiveEvents() {
        let reason = Reason(.cancelled, by: "test")
        let events: [ReplyState.Event] = [
            .settle(.value([1])), .settle(.timedOut), .settle(.closed(reason)), .wait, .cancelWait(1), .cancelWait(2),
        ]
        var sequences: [[ReplyState.Event]] = [[]]
        for _ in 0..<5 { sequences = sequences.flatMap { sequence in events.map { sequence + [$0] } } }
        func check(_ holds: Bool, _ sequence: [ReplyState.Event], line: Int = #line) {
            if !holds { Issue.record("line \(line): \(sequence)") }
        }
        for sequence in sequences {
            var state = ReplyState()
            var first: ReplyOutcome?
            var waiting: UInt64?
            var waits: UInt64 = 0
            for event in sequence {
                let action = state.handle(event)
                switch event {
                case .settle(let outcome):
                    if first != nil {
                        check(action == .refused, sequence)
                    } else {
                        check(action == (waiting == nil ? .keep : .deliver(outcome)), sequence)
                        first = outcome
                        waiting = nil
                    }
                case .wait:
                    if let first {
                        waits += 1
                        check(action == .deliver(first), sequence)
                    } else if waiting == nil {
                        waits += 1
                        waiting = waits
                        check(action == .waiting(waits), sequence)
                    } else {
                        check(action == .refused, sequence)
                    }
                case .cancelWait(let name):
                    check(action == (waiting == name ? .left : .refused), sequence)
                    if waiting == name { waiting = nil }
                }
            }
            check(state.outcome == first, sequence)
        }
    }

    @Test func keysAreReadAsTheyAreWritten() {
        for _ in 0..<100 {
            let key = ReplyKey.random()
            #expect(key.text.utf8.count == 32 && ReplyKey(key.text) == key)
        }
        let text = ReplyKey.random().text
        #expect(ReplyKey("") == nil && ReplyKey(text + "0") == nil && ReplyKey(String(text.dropLast())) == nil)
        #expect(ReplyKey(String(text.dropLast()) + "G") == nil)
        #expect(ReplyKey.random() != ReplyKey.random())
    }
}

struct ReplyTests {
    private func counter(_ runtime: Runtime, _ name: String) -> Int {
        runtime.ledger.counters().first { $0.0 == name }?.1 ?? 0
    }

    @Test func anAnswerReachesTheWaiterAndASecondIsLate() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let reply = try root.reply(label: "r", timeoutNanoseconds: 1_000)
        let recorder = Recorder()
        #expect(reply.wait { recorder.note("\($0)") } != 0)
        #expect(reply.wait { _ in recorder.note("second") } == 0)
        #expect(runtime.replies.resolve(id: reply.id, payload: [7]))
        #expect(!runtime.replies.resolve(id: reply.id, payload: [8]))
        #expect(!runtime.replies.resolve(id: ReplyKey.random().text, payload: [9]))
        #expect(!runtime.replies.resolve(id: "no name at all", payload: [9]))
        settle(runtime)
        #expect(eventually { recorder.all == ["value([7])"] })
        #expect(counter(runtime, "replies.late") == 1 && counter(runtime, "replies.unknown") == 2)
        #expect(runtime.ledger.gauge("reply") == 0 && runtime.replies.count == 0 && root.counts.resources == 0)
        #expect(runtime.timers.count == 0)
    }

    @Test func anOutcomeWaitsForItsWaiter() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let reply = try root.reply(timeoutNanoseconds: 1_000)
        #expect(runtime.replies.resolve(id: reply.id, payload: [1]))
        #expect(root.counts.resources == 1)
        let recorder = Recorder()
        #expect(reply.wait { recorder.note("\($0)") } != 0)
        settle(runtime)
        #expect(eventually { recorder.all == ["value([1])"] } && root.counts.resources == 0)
    }

    @Test func silenceTimesOut() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let reply = try root.reply(timeoutNanoseconds: 1_000)
        let recorder = Recorder()
        reply.wait { recorder.note("\($0)") }
        runtime.advance(by: 999)
        settle(runtime)
        #expect(recorder.all.isEmpty)
        runtime.advance(by: 1)
        settle(runtime)
        #expect(eventually { recorder.all == ["timedOut"] } && runtime.ledger.gauge("reply") == 0)
        #expect(!runtime.replies.resolve(id: reply.id, payload: []) && counter(runtime, "replies.late") == 1)
    }

    @Test func aCancelledWaitLeavesTheSlotOpen() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let reply = try root.reply(timeoutNanoseconds: 1_000)
        let recorder = Recorder()
        let waiter = reply.wait { _ in recorder.note("cancelled wait") }
        #expect(reply.cancelWait(waiter) && !reply.cancelWait(waiter))
        reply.wait { recorder.note("\($0)") }
        runtime.replies.resolve(id: reply.id, payload: [3])
        settle(runtime)
        #expect(eventually { recorder.all == ["value([3])"] })
    }

    /// S6: names are withdrawn first, also where the close is a polite one and others still drain.
    @Test func itsScopesEndClosesIt() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let scope = try root.open(.call, "c")
        let task = try scope.adopt("slow", atEnd: .finish, cancel: { _ in })
        let reply = try scope.reply(timeoutNanoseconds: 1_000)
        let recorder = Recorder()
        reply.wait { if case .closed(let reason) = $0 { recorder.note("closed \(reason.kind)") } }
        scope.close(Reason(.completed, by: "test"))
        settle(runtime)
        #expect(eventually { recorder.all == ["closed completed"] })
        #expect(!runtime.replies.resolve(id: reply.id, payload: []))
        task.finished()
        settle(runtime)
        #expect(runtime.ledger.gauge("reply") == 0 && runtime.timers.count == 0)
    }

    /// L6: a dead target fails its replies at once.
    @Test func aDeadTargetFailsItsReplies() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let target = try root.open(.plugin, "target")
        let asking = try root.open(.call, "asking")
        let recorder = Recorder()
        let replies = try (0..<3).map { _ in try asking.reply(timeoutNanoseconds: 1_000, alsoEndsWith: target) }
        for reply in replies { reply.wait { if case .closed(let reason) = $0 { recorder.note("\(reason.kind)") } } }
        #expect(runtime.replies.resolve(id: replies[0].id, payload: []))
        #expect(target.counts.resources == 2)
        target.close(Reason(.ownerDied, by: "test"))
        settle(runtime)
        #expect(eventually { recorder.all == ["ownerDied", "ownerDied"] } && asking.counts.resources == 0)
        expectClosed { try asking.reply(timeoutNanoseconds: 1, alsoEndsWith: target) }
        #expect(asking.counts.resources == 0 && runtime.replies.count == 0)
        #expect(runtime.ledger.totals().filter { $0.name.hasPrefix("reply") }.allSatisfy { $0.live == 0 })
    }

    @Test func aClosedScopeGivesNone() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let scope = try root.open(.call)
        scope.close(Reason(.cancelled, by: "test"))
        expectClosed { try scope.reply(timeoutNanoseconds: 1) }
        #expect(runtime.replies.count == 0)
    }

    /// L6 `replies-are-exactly-once`: a thousand, answered around their time-out, twice, by strangers, or never, while targets die.
    @Test func repliesAreExactlyOnce() throws {
        let seed = testSeed()
        print("repliesAreExactlyOnce: seed \(seed)")
        var random = Dice(state: seed)
        let runtime = Runtime()
        defer { runtime.stop() }
        let root = Scope.root(runtime)
        let workers = ThreadExecutor(name: "answers", threads: 4)
        defer { workers.stop() }
        let count = 1_000
        let outcomes = Lock<[[String]]>(Array(repeating: [], count: count))
        let accepted = Lock<[[UInt8]]>(Array(repeating: [], count: count))
        let all = Gate()
        let told = Atomic<Int>(0)
        let asking = try root.open(.session, "asking")
        var targets: [Scope] = []
        for _ in 0..<10 { targets.append(try root.open(.plugin)) }
        for index in 0..<count {
            let timeout = Int64(random.next() % 4_000_000) + 1_000_000
            let target = index % 5 == 0 ? targets[Int(random.next() % 10)] : nil
            guard let reply = try? asking.reply(timeoutNanoseconds: timeout, alsoEndsWith: target) else {
                // Its target died before: that is told at once, and nothing is left.
                outcomes.withLock { $0[index].append("closed") }
                if told.wrappingAdd(1, ordering: .relaxed).newValue == count { all.open() }
                continue
            }
            reply.wait { outcome in
                let text =
                    switch outcome {
                    case .value(let payload): "value \(payload[0])"
                    case .timedOut: "timed out"
                    case .closed: "closed"
                    }
                outcomes.withLock { $0[index].append(text) }
                if told.wrappingAdd(1, ordering: .relaxed).newValue == count { all.open() }
            }
            let id = reply.id
            let answers = Int(random.next() % 3)  // never, once, twice
            for answer in 0..<answers {
                let offset = Int64(random.next() % 4_000_000) - 2_000_000
                runtime.timers.schedule(after: max(0, timeout + offset), on: workers) {
                    if runtime.replies.resolve(id: id, payload: [UInt8(answer)]) {
                        accepted.withLock { $0[index].append(UInt8(answer)) }
                    }
                }
            }
            workers.post { #expect(!runtime.replies.resolve(id: ReplyKey.random().text, payload: [99])) }
            if random.next() % 100 == 0 { targets[Int(random.next() % 10)].close(Reason(.ownerDied, by: "test")) }
        }
        #expect(all.wait(seconds: 30))
        // Late answers are still on their way: closing twice what they need waits for none of them by the clock.
        let drained = Gate()
        runtime.timers.schedule(after: 10_000_000, on: workers) { drained.open() }
        #expect(drained.wait())
        let (seen, winners) = (outcomes.withLock { $0 }, accepted.withLock { $0 })
        for index in 0..<count {
            #expect(seen[index].count == 1, "seed \(seed), reply \(index): \(seen[index])")
            #expect(winners[index].count <= 1, "seed \(seed), reply \(index)")
            let expected = winners[index].first.map { "value \($0)" }
            #expect(expected == nil ? !seen[index][0].hasPrefix("value") : seen[index][0] == expected)
        }
        #expect(runtime.replies.count == 0 && runtime.ledger.gauge("reply") == 0 && asking.counts.resources == 0)
        #expect(runtime.ledger.gauge("reply target") == 0)
        #expect(root.closeNow() != nil)
    }
}
