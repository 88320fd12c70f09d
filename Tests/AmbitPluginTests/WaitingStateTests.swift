import Testing

@testable import AmbitPlugin

/// Every order in which the events of a wait can come, each waiter resumed exactly once.
@Suite struct WaitingStateTests {
    @Test func completionResumesEachWaiterOnce() {
        var state = CompletionState<Int, String>()
        let (a, b) = (state.nextID(), state.nextID())
        let first = state.register(a, "a", cancelled: false)
        #expect(state.isWaiting(first))
        let second = state.register(b, "b", cancelled: false)
        #expect(state.isWaiting(second))
        let r1 = state.cancel(a)
        #expect(r1 == "a")
        let r2 = state.cancel(a)
        #expect(r2 == nil)
        let r3 = state.resolve(1)
        #expect(r3 == ["b"])
        let r4 = state.resolve(2)
        #expect(r4 == nil)
        let r5 = state.cancel(b)
        #expect(r5 == nil)
        #expect(state.value == 1)
    }

    @Test func completionThatCameFirstIsReadyEvenWhenCancelled() {
        var state = CompletionState<Int, String>()
        let r6 = state.resolve(7)
        #expect(r6?.isEmpty == true)
        guard case .ready(7) = state.register(state.nextID(), "a", cancelled: true) else {
            Issue.record("the value was there")
            return
        }
    }

    @Test func cancelBeforeRegisterIsNotLost() {
        var state = CompletionState<Int, String>()
        let id = state.nextID()
        let r7 = state.cancel(id)
        #expect(r7 == nil)
        guard case .cancelled = state.register(id, "a", cancelled: true) else {
            Issue.record("the cancellation was lost")
            return
        }
        let r8 = state.resolve(1)
        #expect(r8 == [])
    }

    @Test func hostWaitAsksOnceToEnd() {
        // started before cancel
        var state = HostWaitState()
        let r9 = state.started(5)
        #expect(r9 == .none)
        let r10 = state.cancel()
        #expect(r10 == .cancel(waiter: 5))
        let r11 = state.cancel()
        #expect(r11 == .none)
        let r12 = state.finish()
        #expect(r12)
        let r13 = state.finish()
        #expect(!r13)
        // cancel before started
        state = HostWaitState()
        let r14 = state.cancel()
        #expect(r14 == .none)
        let r15 = state.started(6)
        #expect(r15 == .cancel(waiter: 6))
        let r16 = state.cancel()
        #expect(r16 == .none)
        // done before cancel, and before the host's function has even returned
        state = HostWaitState()
        let r17 = state.finish()
        #expect(r17)
        let r18 = state.started(7)
        #expect(r18 == .none)
        let r19 = state.cancel()
        #expect(r19 == .none)
    }

    @Test func cancelledReadLosesNoChunk() {
        var state = ReaderState<Int, String>()
        let (a, b) = (state.nextID(), state.nextID())
        guard case .read = state.read(a, "a", cancelled: false) else {
            Issue.record("expected a read")
            return
        }
        guard case .busy = state.read(b, "b", cancelled: false) else {
            Issue.record("expected busy")
            return
        }
        let r20 = state.cancel(b)
        #expect(r20 == nil)
        let r21 = state.cancel(a)
        #expect(r21 == "a")
        let r22 = state.arrived(1)
        #expect(r22 == nil)
        guard case .deliver(1) = state.read(b, "b", cancelled: false) else {
            Issue.record("the chunk was lost")
            return
        }
        guard case .read = state.read(b, "b", cancelled: false) else {
            Issue.record("expected a read")
            return
        }
        let r23 = state.arrived(nil)
        #expect(r23 == "b")
        guard case .ended = state.read(b, "b", cancelled: false) else {
            Issue.record("expected the end")
            return
        }
    }

    @Test func nextReaderTakesOverAReadUnderWay() {
        var state = ReaderState<Int, String>()
        let (a, b) = (state.nextID(), state.nextID())
        _ = state.read(a, "a", cancelled: false)
        let r24 = state.cancel(a)
        #expect(r24 == "a")
        guard case .wait = state.read(b, "b", cancelled: false) else {
            Issue.record("a second read was started")
            return
        }
        let r25 = state.arrived(2)
        #expect(r25 == "b")
    }

    @Test func taskIsCancelledOnceWhateverComesFirst() {
        var state = TaskControlState<String>()
        let r26 = state.cancel()
        #expect(r26 == nil)
        let r27 = state.started("t")
        #expect(r27 == "t")
        let r28 = state.cancel()
        #expect(r28 == nil)
        state = TaskControlState()
        let r29 = state.started("t")
        #expect(r29 == nil)
        let r30 = state.cancel()
        #expect(r30 == "t")
        let r31 = state.cancel()
        #expect(r31 == nil)
        state = TaskControlState()
        state.ended()
        let r32 = state.started("t")
        #expect(r32 == nil)
        let r33 = state.cancel()
        #expect(r33 == nil)
    }
}

extension CompletionState {
    func isWaiting(_ registration: Registration) -> Bool {
        if case .waiting = registration { true } else { false }
    }
}
