import Testing

@testable import PluginHost

/// All sequences of a few events, up to a length.
private func sequences<Event>(_ events: [Event], _ length: Int, _ check: ([Event]) -> Void) {
    func extend(_ prefix: [Event]) {
        check(prefix)
        guard prefix.count < length else { return }
        for event in events { extend(prefix + [event]) }
    }
    extend([])
}

@Suite struct CallStateTests {
    @Test(arguments: [false, true])
    func everySequenceGivesAtMostOneOutcomeAndOneEnd(finishesOnReturn: Bool) {
        sequences(CallState.Event.allCases, 7) { events in
            var state = CallState(finishesOnReturn: finishesOnReturn)
            var outcomes = 0
            var ends = 0
            var runs = 0
            for event in events {
                let hadOutcome = state.hasOutcome
                let actions = state.handle(event)
                if actions.contains(.run) {
                    runs += 1
                    #expect(!hadOutcome, "\(events)")
                }
                if actions.contains(.send) || actions.contains(.sendUnfinished) { outcomes += 1 }
                if actions.contains(.end) {
                    ends += 1
                    #expect(state.hasOutcome && !state.isRunning, "\(events)")
                }
                if event == .finish { #expect(actions.contains(hadOutcome ? .late : .send), "\(events)") }
            }
            #expect(outcomes <= 1 && ends <= 1 && runs <= 1, "\(events)")
            #expect((ends == 1) == (state.hasOutcome && !state.isRunning), "\(events)")
        }
    }

    @Test func onlyAHandlerThatMustFinishFailsByReturning() {
        var async = CallState(finishesOnReturn: false)
        #expect(async.handle(.begin) == .run)
        #expect(async.handle(.returned) == [])
        #expect(async.handle(.finish) == [.send, .end])
        var blocking = CallState(finishesOnReturn: true)
        #expect(blocking.handle(.begin) == .run)
        #expect(blocking.handle(.returned) == [.sendUnfinished, .end])
        #expect(blocking.handle(.finish) == .late)
    }
}

@Suite struct TaskStateTests {
    @Test func everySequenceCancelsAtMostOnceAndEndsOnceAfterTheLastCallback() {
        sequences(TaskState.Event.allCases, 7) { events in
            var state = TaskState()
            var calls = 0
            var ends = 0
            var running = false
            var refused = false
            for event in events {
                let wasFinished = state.isFinished
                let actions = state.handle(event)
                if event == .refused, !wasFinished, state.isFinished { refused = true }
                if actions.contains(.callCancel) {
                    calls += 1
                    running = true
                    #expect(!wasFinished && ends == 0, "\(events)")
                }
                if event == .cancelReturned { running = false }
                if actions.contains(.end) {
                    ends += 1
                    #expect(!running && state.isFinished, "\(events)")
                }
            }
            #expect(calls <= 1 && ends <= 1, "\(events)")
            if refused { #expect(ends == 0 && calls == 0, "\(events)") }
            if state.isFinished && !running && !refused { #expect(ends == 1, "\(events)") }
        }
    }

    @Test func aCancelThatComesBeforeTheTaskHasStartedIsNotLost() {
        var state = TaskState()
        #expect(state.handle(.cancel) == [])
        #expect(state.handle(.started) == .postCancel)
        #expect(state.handle(.cancelBegins) == .callCancel)
    }
}

@Suite struct FinalizerStateTests {
    @Test func everySequenceRunsAtMostOnceAndEndsOnceAfterIt() {
        let all: [FinalizerState.Event] = [
            .due, .begins, .returned(.done), .returned(.pending), .finished, .remove, .skip,
        ]
        sequences(all, 6) { events in
            var state = FinalizerState()
            var calls = 0
            var ends = 0
            for event in events {
                let actions = state.handle(event)
                if actions.contains(.call) {
                    calls += 1
                    #expect(ends == 0, "\(events)")
                }
                if actions.contains(.end) {
                    ends += 1
                    #expect(!state.isRunning, "\(events)")
                }
            }
            #expect(calls <= 1 && ends <= 1, "\(events)")
        }
    }

    @Test func aPendingActionEndsWithFinishedEvenWhenThatCameFromInside() {
        var late = FinalizerState()
        _ = late.handle(.due)
        _ = late.handle(.begins)
        #expect(late.handle(.returned(.pending)) == [])
        #expect(late.handle(.remove) == .refused)
        #expect(late.handle(.finished) == .end)
        #expect(late.handle(.finished) == .refused)
        var early = FinalizerState()
        _ = early.handle(.due)
        _ = early.handle(.begins)
        #expect(early.handle(.finished) == [])
        #expect(early.handle(.returned(.pending)) == .end)
    }
}

@Suite struct CallDeadlineTests {
    @Test func theNearerOfTheTwoLimitsIsLookedAt() {
        let deadline = CallDeadline(start: 100, idle: 10, total: 25)
        #expect(deadline.first == 110)
        #expect(deadline.check(now: 110, lastActivity: 0) == .expired(.idle))
        #expect(deadline.check(now: 110, lastActivity: 105) == .wait(until: 115))
        #expect(deadline.check(now: 115, lastActivity: 114) == .wait(until: 124))
        #expect(deadline.check(now: 124, lastActivity: 120) == .wait(until: 125))
        #expect(deadline.check(now: 125, lastActivity: 125) == .expired(.total))
        #expect(deadline.end == 125)
    }

    @Test func withoutLimitsNothingIsLookedAt() {
        let none = CallDeadline(start: 5, idle: .max, total: .max)
        #expect(none.first == nil)
        #expect(none.check(now: .max - 1, lastActivity: 0) == .wait(until: .max))
        #expect(CallDeadline(start: 5, idle: .max, total: 2_000_000_000).describe(.total).contains("2 s"))
        #expect(CallDeadline(start: 5, idle: 1_500_000_000, total: .max).describe(.idle).contains("1500 ms"))
    }
}

@Suite struct SerialQueueTests {
    @Test func oneRunsTheOthersWaitInOrderAndTheQueueIsBounded() {
        var queue = SerialQueue<Int>(limit: 2)
        #expect(queue.enter(1) == .run)
        #expect(queue.enter(2) == .queued)
        #expect(queue.enter(3) == .queued)
        #expect(queue.enter(4) == .full)
        #expect(queue.leave() == 2)
        #expect(queue.withdraw { $0 == 3 })
        #expect(!queue.withdraw { $0 == 3 })
        #expect(queue.leave() == nil)
        #expect(!queue.isBusy)
        #expect(queue.leave() == nil)
        #expect(queue.enter(5) == .run)
    }
}

@Suite struct LoopRunsTests {
    @Test func whatTakesTooLongIsToldOfOnceAndNoLookIsDueWhileNothingRuns() {
        var runs = LoopRuns<String>(limit: 100)
        let (a, first) = runs.begin("a", now: 0)
        #expect(first == 100)
        let (b, second) = runs.begin("b", now: 50)
        #expect(second == nil)
        #expect(runs.end(a) == nil)
        var look = runs.look(now: 100)
        #expect(look.late.isEmpty && look.again == 150)
        look = runs.look(now: 150)
        #expect(look.late.map(\.code) == ["b"] && look.again == nil)
        // Told of once; others are looked at again.
        let (c, third) = runs.begin("c", now: 160)
        #expect(third == 260)
        look = runs.look(now: 260)
        #expect(look.late.map(\.code) == ["c"] && look.again == nil)
        #expect(runs.end(b)?.since == 50 && runs.end(c)?.since == 160)
        #expect(runs.end(c) == nil && runs.running.isEmpty)
        #expect(runs.look(now: 500).again == nil)
        #expect(runs.begin("d", now: 600).look == 700)
    }
}

@Suite struct EndedHandlesTests {
    @Test func theLastOnesAreKnownToTheirPrincipalOnly() {
        var ended = EndedHandles()
        for number in 0..<(EndedHandles.limit + 10) { ended.append("h\(number)", principal: "p", plugin: "x\(number)") }
        #expect(ended.count == EndedHandles.limit)
        #expect(ended.plugin(of: "h9", principal: "p") == nil)
        #expect(ended.plugin(of: "h10", principal: "p") == "x10")
        #expect(ended.plugin(of: "h1033", principal: "p") == "x1033")
        #expect(ended.plugin(of: "h1033", principal: "q") == nil)
    }
}

@Suite struct SessionLeaseTests {
    @Test func itExpiresOnlyAfterTheIdleTimeWithoutActivity() {
        var lease = SessionLease(idle: 100)
        #expect(lease.handle(.timer(now: 100, lastTouch: 30)) == .rearm(at: 130))
        _ = lease.handle(.attach)
        _ = lease.handle(.attach)
        #expect(lease.handle(.timer(now: 1000, lastTouch: 30)) == .rearm(at: 1100))
        _ = lease.handle(.detach)
        #expect(lease.handle(.timer(now: 1100, lastTouch: 30)) == .rearm(at: 1200))
        _ = lease.handle(.detach)
        _ = lease.handle(.detach)
        #expect(lease.attached == 0)
        #expect(lease.handle(.timer(now: 1200, lastTouch: 1101)) == .rearm(at: 1201))
        #expect(lease.handle(.timer(now: 1201, lastTouch: 1101)) == .expire)
        #expect(lease.handle(.timer(now: 1300, lastTouch: 1101)) == .none)
    }

    @Test func oneThatHasEndedOrHasNoLimitNeverExpires() {
        var ended = SessionLease(idle: 1)
        _ = ended.handle(.end)
        #expect(ended.handle(.timer(now: 100, lastTouch: 0)) == .none)
        var endless = SessionLease(idle: 0)
        #expect(endless.handle(.timer(now: .max, lastTouch: 0)) == .none)
    }
}
