import CLinux
import Glibc
import TestSupport
import Testing

@testable import Scopes

struct DescriptorStateTests {
    /// Every sequence of six events: closed exactly once at most, never while borrowed or parked.
    @Test func everySequenceOfSixEvents() {
        let events: [DescriptorState.Event] = [.borrow, .giveBack, .close, .park, .unpark, .abandon, .disown]
        func check(_ holds: Bool, line: Int = #line) { if !holds { Issue.record("line \(line)") } }
        func explore(_ state: DescriptorState, borrowed: Int, parked: Bool, gone: Bool, depth: Int) {
            guard depth > 0 else { return }
            for event in events {
                var (next, borrowed, parked, gone) = (state, borrowed, parked, gone)
                switch event {
                // Asked of what is being freed only.
                case .unpark: guard parked else { continue }
                case .giveBack: guard borrowed > 0 else { continue }
                default: break
                }
                let action = next.handle(event)
                if event == .unpark { parked = false }
                if event == .giveBack { borrowed -= 1 }
                switch action {
                case .borrowed:
                    check(!gone && !parked)
                    borrowed += 1
                case .close, .disowned:
                    check(!gone && borrowed == 0 && !parked)
                    gone = true
                case .wake: check(borrowed > 0 && !gone)
                case .park:
                    check(!gone && !parked)
                    parked = event == .park
                case .none, .refused: break
                }
                check(next.borrowers == borrowed)
                explore(next, borrowed: borrowed, parked: parked, gone: gone, depth: depth - 1)
            }
        }
        explore(DescriptorState(), borrowed: 0, parked: false, gone: false, depth: 6)
    }
}

struct DescriptorTests {
    /// Two ends of a pipe, or of a socket pair.
    private func pair(socket: Bool = false) throws -> (Int32, Int32) {
        var (first, second): (Int32, Int32) = (-1, -1)
        let code =
            socket ? ambit_linux_socket_pair(&first, &second, AMBIT_LINUX_STREAM, 0) : ambit_linux_pipe(&first, &second, 0)
        try #require(code == 0)
        return (first, second)
    }

    /// The other end tells whether a number was closed: numbers themselves are soon somebody else's.
    private func isAtEnd(_ end: Int32) -> Bool {
        _ = ambit_linux_set_nonblocking(end, 1)
        var byte: UInt8 = 0
        return read(end, &byte, 1) == 0
    }

    @Test func itIsClosedLastWithItsScope() throws {
        let root = Scope.root(.manual())
        let (reading, writing) = try pair()
        let descriptor = try root.adopt(descriptor: writing, label: "pipe")
        #expect(fcntl(writing, F_GETFD) & FD_CLOEXEC != 0 && descriptor.number == writing)
        let task = try root.adopt("t", cancel: { _ in })
        root.close(Reason(.cancelled, by: "test"))
        #expect(!isAtEnd(reading))
        task.finished()
        #expect(eventually { isAtEnd(reading) && root.runtime.ledger.gauge("descriptor") == 0 })
        close(reading)
    }

    @Test func whatIsBorrowedStaysOpenUntilItIsGivenBack() throws {
        let root = Scope.root(.manual())
        let (ours, theirs) = try pair(socket: true)
        let descriptor = try root.adopt(descriptor: theirs)
        #expect(descriptor.borrow() == theirs)
        descriptor.close()
        #expect(descriptor.borrow() == nil && root.counts.resources == 1)
        #expect(isAtEnd(ours), "whoever waits in it is woken")
        descriptor.giveBack()
        #expect(root.counts.resources == 0)
        close(ours)
    }

    @Test func adoptingRefusesWhatWouldEndBadly() throws {
        let root = Scope.root(.manual())
        let (reading, writing) = try pair()
        let descriptor = try root.adopt(descriptor: writing)
        for number in [writing, 2, 1 << 20, -1] {
            #expect(throws: DescriptorError.self) { try root.adopt(descriptor: number) }
        }
        #expect(descriptor.disown() == writing && descriptor.disown() == nil)
        let closed = try root.open(.call)
        closed.close(Reason(.cancelled, by: "test"))
        #expect(throws: DescriptorError.self) { try closed.adopt(descriptor: writing) }
        #expect(fcntl(writing, F_GETFD) >= 0, "it stays the caller's")
        #expect(root.counts.resources == 0)
        close(writing)
        close(reading)
    }

    /// S9: an abandoned task may still use the number; it reads nothing of anybody, and nobody else gets the number before it has ended.
    @Test func abandonedWorkFindsItParked() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let scope = try root.open(.call)
        let (ours, theirs) = try pair(socket: true)
        let descriptor = try scope.adopt(descriptor: theirs)
        let stubborn = try scope.adopt("stubborn", cancel: { _ in })
        let gate = Gate()
        scope.close(Reason(.cancelled, by: "test"), limits: .call) { _ in gate.open() }
        settle(runtime)
        runtime.advance(by: CloseLimits.call.hard)
        #expect(gate.wait())
        #expect(isAtEnd(ours))
        var facts = stat()
        #expect(fstat(theirs, &facts) == 0 && facts.st_mode & S_IFMT == S_IFCHR, "/dev/null under the same number")
        #expect(runtime.ledger.totals().first { $0.name == "descriptor" }?.pinnedNow == 1)
        descriptor.close()
        #expect(fstat(theirs, &facts) == 0, "not even its owner gives the number away")
        stubborn.finished()
        #expect(eventually { runtime.ledger.gauge("descriptor") == 0 })
        close(ours)
    }
}
