import NIOCore
import NIOPosix
package import Scopes
import Synchronization

/// The HTTP side of the server: one listener, its connections, and the event loops that they live on.
///
/// Listener and connections are resources of the given scope; closing that scope ends them in order. The threads are this object's and
/// end with `stop`, after the scope.
package final class HTTPServer: Sendable {
    /// Where it listens, known after `start`.
    package struct Address: Sendable, Equatable {
        package let host: String
        package let port: Int
    }

    private let configuration: HTTPConfiguration
    private let service: any Service
    private let scope: Scope
    private let gauges: TransportGauges
    private let group: MultiThreadedEventLoopGroup
    private let stopSign = StopSign()
    private let turns: [ObjectIdentifier: NIOLoopBoundBox<LoopTurn>]
    /// Connections that are being refused.
    private let refusals = Atomic<Int>(0)
    private static let channels = Atomic<UInt64>(1)
    /// TCP_NOTSENT_LOWAT of linux/tcp.h, which the C library does not show to Swift.
    private static let notSentLowWater = NIOBSDSocket.Option(rawValue: 25)

    package init(_ configuration: HTTPConfiguration, service: any Service, scope: Scope, gauges: TransportGauges) {
        self.configuration = configuration
        self.service = service
        self.scope = scope
        self.gauges = gauges
        group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        turns = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map {
                (ObjectIdentifier($0), .makeBoxSendingValue(LoopTurn(), as: LoopTurn.self, eventLoop: $0))
            })
    }

    /// Binds and begins to accept. Blocks for as long as the kernel takes to bind.
    ///
    /// Throws `ListenError` where it can't listen, `AcquireError` where the scope is closing.
    package func start() throws -> Address {
        let listener = ListenerResource()
        try scope.reserve(listener)
        let channel: any NIOCore.Channel
        do {
            channel = try bootstrap().bind(host: configuration.host, port: configuration.port).wait()
        } catch {
            listener.withdraw()
            throw ListenError(error)
        }
        listener.bound(channel)
        try listener.commit()
        return Address(
            host: channel.localAddress?.ipAddress ?? configuration.host, port: channel.localAddress?.port ?? configuration.port)
    }

    /// The server is about to stop: to be called before its scope closes, as what that refuses is answered at once.
    package func stopping() { stopSign.raise() }

    /// Ends the threads. Call after the scope has closed; whatever is still open is closed.
    package func stop() {
        try? group.syncShutdownGracefully()
    }

    private func bootstrap() -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { [ledger = scope.runtime.ledger] channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AcceptPause(ledger: ledger)) }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // What one read brings is read ahead at most: more would be in front of the limit for it.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            // What the client has not been sent yet stays here, where it is counted, not in the kernel.
            .childChannelOption(.tcpOption(Self.notSentLowWater), value: 128 << 10)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 32 << 10, high: 64 << 10))
            .childChannelInitializer { channel in self.accept(channel) }
    }

    /// Says so where there is room for that.
    private func refuse(_ channel: any NIOCore.Channel) -> EventLoopFuture<Void> {
        guard DescriptorReserve.isLeft else { return channel.close() }
        guard refusals.wrappingAdd(1, ordering: .relaxed).newValue <= ConnectionRefusal.most else {
            refusals.wrappingSubtract(1, ordering: .relaxed)
            return channel.close()
        }
        let resource = ConnectionResource("refused", stop: { channel.close(promise: nil) }, close: { channel.close(promise: nil) })
        let isOwned = (try? scope.add(resource)) != nil
        channel.closeFuture.whenComplete { [self] _ in
            refusals.wrappingSubtract(1, ordering: .relaxed)
            if isOwned { resource.ended() }
        }
        guard isOwned else { return channel.close() }
        return channel.eventLoop.makeCompletedFuture {
            if let certificates = configuration.certificates {
                try channel.pipeline.syncOperations.addHandler(certificates.handler())
            }
            try channel.pipeline.syncOperations.addHandler(ConnectionRefusal(configuration.limits, gauges))
        }
    }

    private func accept(_ channel: any NIOCore.Channel) -> EventLoopFuture<Void> {
        guard gauges.connections.value < configuration.limits.connections, DescriptorReserve.isLeft else {
            scope.runtime.ledger.count("connections.refused")
            return refuse(channel)
        }
        let address = channel.remoteAddress
        let label = address?.ipAddress.map { "\($0):\(address?.port ?? 0)" } ?? "unknown"
        let resource = ConnectionResource(
            label, stop: { channel.pipeline.fireUserInboundEventTriggered(HTTPConnection.Stop()) },
            close: { channel.close(promise: nil) })
        do {
            try scope.add(resource)
        } catch {
            return channel.close()
        }
        gauges.connections.add()
        let gauges = self.gauges
        channel.closeFuture.whenComplete { _ in
            gauges.connections.subtract()
            resource.ended()
        }
        let peer = Peer(
            channel: Self.channels.wrappingAdd(1, ordering: .relaxed).newValue,
            isLoopback: address?.isLoopback ?? false, address: label)
        return channel.eventLoop.makeCompletedFuture {
            if let certificates = configuration.certificates {
                try channel.pipeline.syncOperations.addHandler(certificates.handler())
            }
            try channel.pipeline.syncOperations.addHandler(
                HTTPConnection(
                    service: service, configuration: configuration, peer: peer, gauges: gauges,
                    ledger: scope.runtime.ledger,
                    stopSign: stopSign, turn: turns[ObjectIdentifier(channel.eventLoop)]?.value ?? LoopTurn()))
        }
    }
}

extension SocketAddress {
    /// 127.0.0.0/8, ::1, and the former inside IPv6.
    var isLoopback: Bool {
        guard let ip = ipAddress else { return false }
        return ip.hasPrefix("127.") || ip == "::1" || ip.hasPrefix("::ffff:127.")
    }
}
