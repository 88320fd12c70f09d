import Testing

@testable import Scopes

/// The pure machines, every state with every event.
struct ScopeStateTests {
    private let first = Reason(.cancelled, by: "a")
    private let second = Reason(.shutdown, by: "b")

    @Test func openClosingClosed() {
        var state = ScopeState()
        #expect(state.stage == .open && state.reason == nil)
        #expect(state.handle(.finished) == .none && state.stage == .open)
        #expect(state.handle(.close(first)) == .begin)
        #expect(state.stage == .closing && state.reason == first)
        #expect(state.handle(.close(second)) == .join && state.reason == first)
        #expect(state.handle(.finished) == .none && state.stage == .closed)
        #expect(state.handle(.close(second)) == .none && state.reason == first)
        #expect(state.handle(.finished) == .none && state.stage == .closed)
    }

    @Test func phasesGrowAndDrainIsForNormalEnds() {
        for polite in [true, false] {
            var phase = ClosePhase.quiesce
            var seen = [phase]
            while phase != .closed {
                let next = phase.next(polite: polite)
                #expect(next > phase)
                phase = next
                seen.append(phase)
            }
            #expect(seen.contains(.drain) == polite)
            #expect(phase.next(polite: polite) == .closed)
        }
    }

    @Test func unknownReasonsCountAsCancelled() {
        #expect(Reason.Kind(raw: 77) == .cancelled)
        for kind in Reason.Kind.allCases { #expect(Reason.Kind(raw: kind.rawValue) == kind) }
    }

    @Test func deadlinesKeepAReserveAndOnlyShorten() {
        let start: Int64 = 1_000
        var deadlines = CloseDeadlines(start: start, limits: CloseLimits(soft: 2_000_000_000, hard: 5_000_000_000))
        #expect(deadlines.soft == start + 2_000_000_000 && deadlines.hard == start + 5_000_000_000)
        #expect(deadlines.reap == start + 4_000_000_000)
        #expect(deadlines.drain < deadlines.soft)
        let short = CloseDeadlines(start: start, limits: CloseLimits(soft: 800_000_000, hard: 1_500_000_000))
        #expect(short.hard - short.reap == 300_000_000)
        deadlines.shorten(to: short)
        #expect(deadlines == short)
        deadlines.shorten(to: CloseDeadlines(start: start, limits: .server))
        #expect(deadlines == short)
    }
}

struct ProcessStateTests {
    @Test func ordinaryLife() {
        var state = ProcessState()
        #expect(state.handle(.started(pid: 7)) == [.reportStarted] && state.stage == .running && state.pid == 7)
        #expect(state.handle(.started(pid: 8)) == [] && state.pid == 7)
        #expect(state.handle(.ended(exitCode: 3, signal: 0)) == [] && state.stage == .exited)
        #expect(state.handle(.outputEnded) == [])
        #expect(state.handle(.launcherExited(clean: true)) == [.reportExited])
        #expect(state.exitCode == 3 && !state.stopped && !state.treeUnknown)
        #expect(state.handle(.launcherExited(clean: false)) == [] && state.handle(.outputEnded) == [])
    }

    @Test func outputThatIsStillOpenIsFinishedWhenTheTreeIsGone() {
        var state = ProcessState()
        _ = state.handle(.started(pid: 7))
        _ = state.handle(.ended(exitCode: 0, signal: 15))
        #expect(state.handle(.launcherExited(clean: true)) == [.finishOutput])
        #expect(state.handle(.outputEnded) == [.reportExited] && state.signal == 15)
    }

    @Test func failedStart() {
        var state = ProcessState()
        #expect(state.handle(.failed(errorNumber: 2)) == [.reportStarted] && state.stage == .failed)
        #expect(state.handle(.stopRequested) == [] && !state.stopped)
        _ = state.handle(.outputEnded)
        #expect(state.handle(.launcherExited(clean: true)) == [.reportExited])
    }

    @Test func aKilledLauncherIsSaid() {
        var state = ProcessState()
        _ = state.handle(.started(pid: 7))
        _ = state.handle(.stopRequested)
        #expect(state.handle(.launcherExited(clean: false)) == [.finishOutput])
        #expect(state.stage == .exited && state.treeUnknown && state.stopped && state.signal == 9)
        var early = ProcessState()
        #expect(
            early.handle(.launcherExited(clean: false)) == [.reportStarted, .finishOutput] && early.stage == .failed)
    }
}
