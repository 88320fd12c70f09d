internal import CLinux
internal import Glibc

/// The kind listener: a TCP port or a local socket. Withdrawn in the first phase of a close: the port is given back at once.
///
/// Connections are taken one at a time, when asked for (nobody asks: the kernel's backlog fills). Without descriptors it
/// pauses and counts (`listener.exhausted`), and goes on by itself.
public final class Listener: Resource, @unchecked Sendable {  // state is behind its lock
    package enum Address: Sendable, Equatable {
        /// A numeric address; port 0: any that is free.
        case tcp(host: String, port: Int32)
        /// A socket file of mode 0600, removed at the end.
        case local(path: String)
    }

    package enum Accepted: Sendable, Equatable {
        /// A nonblocking descriptor, the receiver's to close or to adopt.
        case connection(Int32)
        case closed
    }

    private struct State {
        var machine = ListenerState()
        var descriptor: Int32 = -1
        var port: Int32 = 0
        var device: UInt64 = 0
        var inode: UInt64 = 0
        var watch: Reactor.Watch?
        var pause: TimerQueue.Entry?
        var waiter: (@Sendable (Accepted) -> Void)?
        var accepted = 0
    }

    package let address: Address
    private let reactor: Reactor
    private let executor: ThreadExecutor
    private let state = Lock(State())

    init(label: String, address: Address, reactor: Reactor, executor: ThreadExecutor) {
        self.address = address
        self.reactor = reactor
        self.executor = executor
        super.init(.listener, label: label)
    }

    /// The bound port; 0 for a local socket.
    package var port: Int32 { state.withLock { $0.port } }

    public override var describe: String {
        let (port, accepted) = state.withLock { ($0.port, $0.accepted) }
        switch address {
        case .tcp(let host, _): return "\(host) port \(port), \(accepted) accepted"
        case .local(let path): return "\(path), \(accepted) accepted"
        }
    }

    /// 0 or -errno.
    fileprivate func open(backlog: Int32) -> Int32 {
        var (port, device, inode): (Int32, UInt64, UInt64) = (0, 0, 0)
        let descriptor: Int32
        switch address {
        case .tcp(let text, _), .local(let text): if text.utf8.contains(0) { return -EINVAL }
        }
        switch address {
        case .tcp(let host, let wanted): descriptor = ambit_linux_listen_tcp(host, wanted, backlog, &port)
        case .local(let path): descriptor = ambit_linux_listen_local(path, backlog, &device, &inode)
        }
        guard descriptor >= 0 else { return descriptor }
        state.withLock { state in
            state.descriptor = descriptor
            state.port = port
            state.device = device
            state.inode = inode
        }
        return 0
    }

    /// Takes the next connection: `done` is posted once, never called before this returns. The result names this wait; 0: a wait is under way
    /// already, and `done` is not called.
    @discardableResult
    package func accept(_ done: @escaping @Sendable (Accepted) -> Void) -> UInt64 {
        let action = state.withLock { state -> ListenerState.Action in
            let action = state.machine.handle(.accept)
            if case .arm = action { state.waiter = done }
            return action
        }
        switch action {
        case .arm(let name):
            reactor.perform { [self] in arm() }
            return name
        case .deliverClosed:
            executor.post { done(.closed) }
            return .max
        default: return 0
        }
    }

    /// True: the wait has ended, and its `done` is not called. False: it is done already, or about to be.
    @discardableResult
    package func cancelAccept(_ waiter: UInt64) -> Bool {
        state.withLock { state in
            guard state.machine.handle(.cancelAccept(waiter)) == .left else { return false }
            state.waiter = nil
            return true
        }
    }

    /// Asks for readiness. Reactor's thread.
    private func arm() {
        let (descriptor, watch, isClosed) = state.withLock { ($0.descriptor, $0.watch, $0.machine.isClosed) }
        if isClosed { return }
        if let watch { return watch.rearm(.read) }
        guard let new = reactor.watch(descriptor, .read, { [self] _ in ready() }) else {
            // The kernel has no room for one more watch.
            scope?.runtime.ledger.count("listener.exhausted")
            let timer = reactor.timers.schedule(after: ListenerState.longestPause) { [self] in arm() }
            return state.withLock { $0.pause = timer }
        }
        state.withLock { $0.watch = new }
    }

    /// Reactor's thread.
    private func ready() {
        guard state.withLock({ $0.machine.handle(.ready) }) == .take else { return }
        let descriptor = state.withLock { $0.descriptor }
        let connection = ambit_linux_accept(descriptor)
        let event: ListenerState.Event = connection >= 0 ? .accepted : connection == -EAGAIN ? .wouldBlock : .exhausted
        let (action, waiter) = state.withLock { state -> (ListenerState.Action, (@Sendable (Accepted) -> Void)?) in
            let action = state.machine.handle(event)
            switch action {
            case .deliver:
                state.accepted += 1
                return (action, state.waiter.take())
            case .deliverClosed, .dropAndDeliverClosed: return (action, state.waiter.take())
            default: return (action, nil)
            }
        }
        switch action {
        case .rearm: arm()
        case .pause(let nanoseconds):
            scope?.runtime.ledger.count("listener.exhausted")
            let timer = reactor.timers.schedule(after: nanoseconds) { [self] in ready() }
            state.withLock { $0.pause = timer }
        case .deliver:
            guard let waiter else { break }
            executor.post { waiter(.connection(connection)) }
        case .dropAndDeliverClosed:
            _ = ambit_linux_close(connection)
            if let waiter { executor.post { waiter(.closed) } }
        case .deliverClosed: if let waiter { executor.post { waiter(.closed) } }
        default: break
        }
    }

    /// Stops listening: the port is free when this returns.
    package func close() {
        let (action, waiter, descriptor) = state.withLock { state in
            (state.machine.handle(.close), state.waiter, state.descriptor)
        }
        guard case .giveBack(let tellWaiter) = action else { return }
        ambit_linux_shutdown(descriptor)
        if case .local(let path) = address {
            let (device, inode) = state.withLock { ($0.device, $0.inode) }
            _ = ambit_linux_unlink_socket(path, device, inode)
        }
        if tellWaiter, let waiter {
            state.withLock { $0.waiter = nil }
            executor.post { waiter(.closed) }
        }
        // Behind everything that the reactor's thread does with the descriptor.
        reactor.perform { [self] in
            let (watch, pause) = state.withLock { ($0.watch.take(), $0.pause.take()) }
            watch?.cancel()
            if let pause { reactor.timers.cancel(pause) }
            _ = ambit_linux_close(descriptor)
            ended()
        }
    }

    public override func quiesce(_ reason: Reason) { close() }

    public override func cancel(_ reason: Reason) { close() }

    public override func undo(_ reason: Reason) { close() }
}

extension Scope {
    /// Listens until the scope closes.
    ///
    /// - Parameter executor: where `done` of an accept runs; nil: the runtime's.
    package func listen(
        _ address: Listener.Address, label: String = "", backlog: Int32 = 128, on executor: ThreadExecutor? = nil
    ) throws(ListenerError) -> Listener {
        guard let reactor = runtime.reactor else {
            throw ListenerError(address: address, errorNumber: ENOSYS, text: "listeners need the machine's clock")
        }
        let listener = Listener(label: label, address: address, reactor: reactor, executor: executor ?? runtime.executor)
        do throws(AcquireError) { try reserve(listener) } catch {
            throw ListenerError(address: address, error)
        }
        let code = listener.open(backlog: backlog)
        if code != 0 {
            listener.withdraw()
            throw ListenerError(address: address, errorNumber: -code, text: nil)
        }
        do throws(AcquireError) { try listener.commit() } catch {
            throw ListenerError(address: address, error)
        }
        return listener
    }
}
