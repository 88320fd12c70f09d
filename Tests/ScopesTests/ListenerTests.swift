import CLinux
import Glibc
import TestSupport
import Testing

@testable import Scopes

struct ListenerStateTests {
    /// Every sequence of seven events: one waiter at a time, told exactly once, and nothing after the close but that.
    @Test func everySequenceOfSevenEvents() {
        let events: [ListenerState.Event] = [.accept, .cancelAccept(1), .ready, .accepted, .wouldBlock, .exhausted, .close]
        // An expectation for each of all these states would take most of the time.
        func check(_ holds: Bool, line: Int = #line) { if !holds { Issue.record("line \(line)") } }
        func explore(_ state: ListenerState, waiting: Bool, taking: Bool, depth: Int) {
            guard depth > 0 else { return }
            for event in events {
                var (next, waiting, taking) = (state, waiting, taking)
                // What came of `take` comes after `take` only.
                switch event {
                case .accepted, .wouldBlock, .exhausted: guard taking else { continue }
                default: break
                }
                let action = next.handle(event)
                switch action {
                case .arm:
                    check(!waiting && !state.isClosed)
                    waiting = true
                case .busy: check(waiting)
                case .take:
                    check(waiting && !taking && !state.isClosed)
                    taking = true
                case .deliver, .dropAndDeliverClosed:
                    check(waiting && taking && (action == .deliver) == !state.isClosed)
                    (waiting, taking) = (false, false)
                case .deliverClosed:
                    check(state.isClosed && (event == .accept || waiting))
                    if event != .accept { (waiting, taking) = (false, false) }
                case .rearm, .pause:
                    check(waiting && taking && !state.isClosed)
                    taking = false
                case .left:
                    check(waiting && !taking)
                    waiting = false
                case .giveBack(let tell):
                    check(!state.isClosed && tell == (waiting && !taking))
                    if tell { waiting = false }
                case .none: break
                }
                if next.isClosed { check(!waiting || taking) }
                explore(next, waiting: waiting, taking: taking, depth: depth - 1)
            }
        }
        explore(ListenerState(), waiting: false, taking: false, depth: 7)
    }

    @Test func pausesGrowAndAreBounded() {
        var state = ListenerState()
        _ = state.handle(.accept)
        var pauses: [Int64] = []
        for _ in 0..<10 {
            #expect(state.handle(.ready) == .take)
            if case .pause(let nanoseconds) = state.handle(.exhausted) { pauses.append(nanoseconds) }
        }
        #expect(pauses.first == ListenerState.firstPause && pauses.last == ListenerState.longestPause)
        _ = state.handle(.ready)
        #expect(state.handle(.accepted) == .deliver)
        _ = state.handle(.accept)
        _ = state.handle(.ready)
        #expect(state.handle(.exhausted) == .pause(ListenerState.firstPause))
    }
}

struct ListenerTests {
    private func inTree(_ body: (Runtime, Scope) throws -> Void) throws {
        let runtime = Runtime()
        defer { runtime.stop() }
        let root = Scope.root(runtime)
        try body(runtime, root)
        #expect(root.closeNow() != nil)
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 } && runtime.reactor!.watchCount == 0)
    }

    /// Connects; negative: refused.
    func connect(_ port: Int32) -> Int32 {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if code == 0 { return fd }
        let number = errno
        close(fd)
        return -number
    }

    private func accepted(_ listener: Listener, after: () -> Void = {}) -> Listener.Accepted? {
        let gate = Gate()
        let box = Lock<Listener.Accepted?>(nil)
        listener.accept { outcome in
            box.withLock { $0 = outcome }
            gate.open()
        }
        after()
        return gate.wait() ? box.withLock { $0 } : nil
    }

    private let local = Listener.Address.tcp(host: "127.0.0.1", port: 0)

    @Test func connectionsComeOneAtATime() throws {
        try inTree { _, root in
            let listener = try root.listen(local)
            #expect(listener.port > 0)
            // Those that came before anybody asked wait in the kernel.
            let clients = (0..<3).map { _ in connect(listener.port) }
            #expect(clients.allSatisfy { $0 >= 0 })
            for client in clients {
                guard case .connection(let fd)? = accepted(listener) else {
                    Issue.record("no connection")
                    continue
                }
                #expect(fcntl(fd, F_GETFL) & O_NONBLOCK != 0 && fcntl(fd, F_GETFD) & FD_CLOEXEC != 0)
                close(fd)
                close(client)
            }
            var late: Int32 = -1
            guard case .connection(let fd)? = accepted(listener, after: { late = connect(listener.port) }) else {
                Issue.record("no connection")
                return
            }
            close(fd)
            close(late)
        }
    }

    @Test func aSecondAcceptIsRefusedAndACancelledOneLosesNoConnection() throws {
        try inTree { runtime, root in
            let listener = try root.listen(local)
            let recorder = Recorder()
            let waiter = listener.accept { _ in recorder.note("told") }
            #expect(waiter != 0 && listener.accept { _ in recorder.note("second") } == 0)
            #expect(listener.cancelAccept(waiter) && !listener.cancelAccept(waiter))
            let client = connect(listener.port)
            guard case .connection(let fd)? = accepted(listener) else {
                Issue.record("no connection")
                return
            }
            settle(runtime)
            #expect(recorder.all.isEmpty)
            close(fd)
            close(client)
        }
    }

    /// S6: the port is given back first of all, while others of the scope still drain.
    @Test func thePortIsFreeAtOnce() throws {
        try inTree { _, root in
            let scope = try root.open(.session)
            let listener = try scope.listen(local)
            let port = listener.port
            let task = try scope.adopt("slow", atEnd: .finish, cancel: { _ in })
            let told = Gate()
            listener.accept { if $0 == .closed { told.open() } }
            scope.close(Reason(.completed, by: "test"))
            #expect(connect(port) == -ECONNREFUSED)
            let again = try root.listen(.tcp(host: "127.0.0.1", port: port))
            #expect(again.port == port && told.wait())
            #expect(accepted(listener) == .closed)
            task.finished()
        }
    }

    @Test func closingEarlyIsIdempotent() throws {
        try inTree { runtime, root in
            let listener = try root.listen(local)
            listener.close()
            listener.close()
            let passed = Gate()
            runtime.reactor?.perform { passed.open() }
            #expect(passed.wait() && root.counts.resources == 0)
        }
    }

    @Test func aLocalSocketIsOursAloneAndItsFileGoes() throws {
        try inTree { _, root in
            let path = "/tmp/ambit-listener-\(getpid()).sock"
            unlink(path)
            let listener = try root.listen(.local(path: path))
            var facts = stat()
            #expect(lstat(path, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
            // Somebody listens: not taken away.
            let taken = #expect(throws: ListenerError.self) { try root.listen(.local(path: path)) }
            #expect(taken?.errorNumber == EADDRINUSE)
            listener.close()
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test func aStaleSocketFileIsReplacedAndAnotherFileIsNot() throws {
        try inTree { _, root in
            let path = "/tmp/ambit-stale-\(getpid()).sock"
            unlink(path)
            var (device, inode): (UInt64, UInt64) = (0, 0)
            close(ambit_linux_listen_local(path, 1, &device, &inode))
            #expect(access(path, F_OK) == 0)
            let listener = try root.listen(.local(path: path))
            listener.close()
            close(open(path, O_CREAT | O_WRONLY, 0o600))
            #expect(throws: ListenerError.self) { try root.listen(.local(path: path)) }
            #expect(access(path, F_OK) == 0)
            unlink(path)
        }
    }

    @Test func errorsSayWhatIsWrong() throws {
        try inTree { _, root in
            let first = try root.listen(local)
            for address: Listener.Address in [
                .tcp(host: "localhost", port: 0), .tcp(host: "127.0.0.1", port: 70_000), .tcp(host: "127.0.0.1", port: first.port),
                .local(path: String(repeating: "x", count: 200)), .local(path: ""), .local(path: "/tmp/a\0b"),
            ] {
                let error = #expect(throws: ListenerError.self) { try root.listen(address) }
                #expect(error?.errorNumber != 0)
            }
            #expect(root.counts.resources == 1)
            let closed = try root.open(.call)
            closed.close(Reason(.cancelled, by: "test"))
            #expect(throws: ListenerError.self) { try closed.listen(local) }
        }
    }

    /// Row `descriptor-exhaustion-recovers`: without descriptors it pauses, counts, does not spin, and goes on by itself.
    @Test func descriptorExhaustionRecovers() async {
        // In a process of its own, whose descriptors nobody else needs.
        await #expect(processExitsWith: .success) {
            let runtime = Runtime()
            let root = Scope.root(runtime)
            guard let listener = try? root.listen(.tcp(host: "127.0.0.1", port: 0)) else { preconditionFailure("not listening") }
            // Somebody else in this process may close a descriptor at any time: then one client gets in early, and the next waits.
            for _ in 0..<8 { precondition(ListenerTests().connect(listener.port) >= 0) }
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = 256
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            var taken: [Int32] = []
            func take() { while case let number = open("/dev/null", O_RDONLY), number >= 0 { taken.append(number) } }
            take()
            let accepted = Gate()
            let hasRoom = Lock(false)
            @Sendable func accept() {
                listener.accept {
                    guard case .connection = $0 else { return }
                    if hasRoom.withLock({ $0 }) { accepted.open() } else { accept() }
                }
            }
            let before = runtime.reactor?.rounds ?? 0
            accept()
            func exhausted() -> Int { runtime.ledger.counters().first { $0.0 == "listener.exhausted" }?.1 ?? 0 }
            let paused = eventually(seconds: 60) {
                take()
                return exhausted() >= 4
            }
            precondition(paused, "it was exhausted \(exhausted()) times")
            // Pauses of 20, 40, 80 ms …: a handful of rounds, where a loop would have made thousands.
            let rounds = (runtime.reactor?.rounds ?? 0) - before
            precondition(rounds < 40, "\(rounds) rounds")
            hasRoom.withLock { $0 = true }
            for number in taken { close(number) }
            precondition(accepted.wait(seconds: 60), "the client that waited was not accepted")
            precondition(root.closeNow() != nil, "the root did not close")
        }
    }
}
