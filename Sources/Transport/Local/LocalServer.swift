import CLinux
package import Scopes

/// Serves programs of this machine over a Unix socket: whoever runs as the same user, or as root.
///
/// Listener and connections are resources of the given scope; closing it ends them in order. It has no thread of its own: sockets are the
/// reactor's, requests run on the host's executor.
package final class LocalServer: Sendable {
    private let scope: Scope
    private let reactor: Reactor
    private let service: any LineService
    private let limits: LocalLimits
    /// Its own, not those of the MCP transports.
    package let gauges = TransportGauges()
    private let user: UInt32

    /// - Parameter user: whose programs may connect, beside root's.
    package init(scope: Scope, reactor: Reactor, service: any LineService, limits: LocalLimits = LocalLimits(), user: UInt32) {
        self.scope = scope
        self.reactor = reactor
        self.service = service
        self.limits = limits
        self.user = user
    }

    /// Listens at a path that nobody listens at, and begins to accept.
    package func start(at path: String) throws(ListenerError) {
        accept(from: try scope.listen(.local(path: path), label: "control", backlog: Self.backlog))
    }

    /// As many as may connect at once find a place.
    private static let backlog: Int32 = 512

    /// One connection after the other; the listener's end is the end of it.
    private func accept(from listener: Listener) {
        listener.accept { [self] accepted in
            guard case .connection(let descriptor) = accepted else { return }
            admit(descriptor)
            accept(from: listener)
        }
    }

    private func admit(_ descriptor: Int32) {
        var peer = ambit_linux_peer()
        let code = ambit_linux_local_peer(descriptor, &peer)
        guard code == 0, peer.user == user || peer.user == 0 else {
            scope.runtime.ledger.count("control.strangers")
            _ = ambit_linux_close(descriptor)
            return
        }
        guard gauges.connections.value < limits.connections else {
            scope.runtime.ledger.count("control.refused")
            var line = service.refusal(.busy)
            line.append(0x0A)
            _ = line.withUnsafeBytes { ambit_linux_send(descriptor, $0.baseAddress, $0.count) }
            _ = ambit_linux_close(descriptor)
            return
        }
        do throws(AcquireError) {
            try adopt(descriptor, label: "pid \(peer.process)")
        } catch {
            // It was closed: the server stops.
            return
        }
    }

    /// Serves a connection that was made otherwise.
    ///
    /// - Parameter descriptor: nonblocking; its own in any case.
    package func adopt(_ descriptor: Int32, label: String) throws(AcquireError) {
        let connection = LocalConnection(
            descriptor, label: label, runtime: scope.runtime, reactor: reactor, service: service, limits: limits, gauges: gauges)
        gauges.connections.add()
        do throws(AcquireError) {
            try scope.add(connection)
        } catch {
            gauges.connections.subtract()
            _ = ambit_linux_close(descriptor)
            throw error
        }
        reactor.perform { connection.start() }
    }
}
