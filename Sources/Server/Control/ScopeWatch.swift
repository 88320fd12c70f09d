import Scopes
import Transport

/// Sends the tree again and again to one control client, until that takes its request back or the server stops. A client that reads slowly
/// gets fewer pictures.
final class ScopeWatch: Sendable {
    private let server: WeakServer
    private let runtime: Runtime
    private let query: ScopeQuery
    private let interval: Int64
    private let reply: any LineReply
    private let isOver = Lock(false)

    /// - Parameter interval: nanoseconds.
    init(_ server: Ambit, _ query: ScopeQuery, interval: Int64, reply: any LineReply) {
        self.server = WeakServer(server)
        runtime = server.runtime
        self.query = query
        self.interval = interval
        self.reply = reply
    }

    func start() {
        reply.onCancel {
            self.isOver.withLock { $0 = true }
            self.reply.finish(ControlLine.error(ControlError(.cancelled, "the tree is not watched any more")))
        }
        show()
    }

    private func show() {
        guard !isOver.withLock({ $0 }) else { return }
        guard let server = server.value else {
            return reply.finish(ControlLine.error(ControlError(.notReady, "the server has stopped")))
        }
        reply.whenWritable { isOpen in
            guard isOpen else { return }
            guard self.reply.send(ControlLine.event(ControlService.scopes(server, self.query))) != .closed else { return }
            self.runtime.timers.schedule(after: self.interval, on: self.runtime.executor) { self.show() }
        }
    }
}
