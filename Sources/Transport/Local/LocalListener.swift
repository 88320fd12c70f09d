import CLinux
import Glibc
import Scopes

/// A listening local socket and its file. It goes first, before anything else ends (S6 quiesce): the file with it, unless it is somebody
/// else's by then.
final class LocalListener: Resource, @unchecked Sendable {  // the lock guards `state`
    private struct State {
        var watch: Reactor.Watch?
        var isClosed = false
    }

    private let descriptor: Int32
    private let path: String
    private let file: ambit_linux_file_facts
    private let runtime: Runtime
    private let reactor: Reactor
    private let accepted: @Sendable (Int32, ambit_linux_peer) -> Void
    private let state = Lock(State())

    /// How long accepting rests when the process has no descriptor left.
    private static let pause: Int64 = 100_000_000
    /// Accepted in one go, so that a flood does not keep the reactor from others.
    private static let turn = 32

    /// - Parameters:
    ///   - descriptor: listens at `path`, nonblocking; its own from here on.
    ///   - accepted: gets each connection and who made it, on the reactor's thread; owns the descriptor.
    init(
        _ descriptor: Int32, path: String, runtime: Runtime, reactor: Reactor,
        accepted: @escaping @Sendable (Int32, ambit_linux_peer) -> Void
    ) {
        self.descriptor = descriptor
        self.path = path
        var file = ambit_linux_file_facts()
        _ = ambit_linux_path_facts(path, 0, &file)
        self.file = file
        self.runtime = runtime
        self.reactor = reactor
        self.accepted = accepted
        super.init(.listener, label: path)
    }

    /// Begins to accept. Once, after it was added to its scope.
    func start() {
        // Under the lock: a close that comes now must not close the descriptor before it is watched.
        state.withLock { state in
            guard !state.isClosed else { return }
            state.watch = reactor.watch(descriptor, .read) { _ in self.accept() }
        }
    }

    private func accept() {
        for _ in 0..<Self.turn {
            var peer = ambit_linux_peer()
            let connection = ambit_linux_local_accept(descriptor, &peer)
            if connection >= 0 {
                accepted(connection, peer)
                continue
            }
            if connection == -EAGAIN { break }
            // It stays in the queue: asking again at once would spin.
            runtime.ledger.count("accept.failed")
            runtime.timers.schedule(after: Self.pause) { self.rearm() }
            return
        }
        rearm()
    }

    private func rearm() { state.withLock { $0.watch }?.rearm(.read) }

    override func quiesce(_ reason: Reason) { close() }
    override func cancel(_ reason: Reason) { close() }
    override func undo(_ reason: Reason) { close() }

    private func close() {
        let (first, watch) = state.withLock { state -> (Bool, Reactor.Watch?) in
            defer {
                state.isClosed = true
                state.watch = nil
            }
            return (!state.isClosed, state.watch)
        }
        guard first else { return }
        // A name that another server has taken meanwhile stays.
        var now = ambit_linux_file_facts()
        if ambit_linux_path_facts(path, 0, &now) == 0, now.inode == file.inode, now.device == file.device { unlink(path) }
        let end: @Sendable () -> Void = {
            _ = ambit_linux_close(self.descriptor)
            self.ended()
        }
        if let watch { watch.cancel(end) } else { reactor.perform(end) }
    }
}
