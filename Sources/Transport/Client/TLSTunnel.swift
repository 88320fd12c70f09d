import CLinux
import NIOCore
import NIOPosix
import NIOSSL

/// A connection over TLS of which this side has a descriptor with the plain bytes: for programs that wait for descriptors, not on event
/// loops. Bytes are carried by a thread that lives as long as the program.
package enum TLSTunnel {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Blocks until the handshake is done.
    ///
    /// - Parameters:
    ///   - descriptor: connected to the server; the tunnel's from here on.
    ///   - host: whose certificate it must be.
    ///   - authorities: PEM file of the certificates that the server is trusted by; nil: the system's.
    /// - Returns: the caller's to close, which ends the connection.
    package static func open(_ descriptor: Int32, host: String, authorities: String?, seconds: Int64) throws(Failure) -> Int32 {
        if let authorities, let problem = TLSAuthorities.problem(authorities) {
            _ = ambit_linux_close(descriptor)
            throw Failure(description: "\(authorities) \(problem)")
        }
        var ours: Int32 = -1
        var theirs: Int32 = -1
        guard ambit_linux_socket_pair(&ours, &theirs, AMBIT_LINUX_STREAM, AMBIT_LINUX_NONBLOCK_SECOND) == 0 else {
            _ = ambit_linux_close(descriptor)
            throw Failure(description: "no sockets are left")
        }
        do {
            try join(theirs, descriptor, host: host, authorities: authorities, seconds: seconds)
            return ours
        } catch {
            _ = ambit_linux_close(ours)
            throw Failure(description: text(error))
        }
    }

    /// Both descriptors are closed when this throws.
    private static func join(_ local: Int32, _ remote: Int32, host: String, authorities: String?, seconds: Int64) throws {
        let context: NIOSSLContext
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            configuration.shutdownTimeout = .milliseconds(300)
            if let authorities { configuration.trustRoots = .file(authorities) }
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            for descriptor in [local, remote] { _ = ambit_linux_close(descriptor) }
            throw error
        }
        let loop = group.next()
        let handshake = loop.makePromise(of: Void.self)
        let timeout = loop.scheduleTask(in: .seconds(seconds)) {
            handshake.fail(Failure(description: "the server did not answer within \(seconds) s"))
        }
        defer { timeout.cancel() }
        let far = loop.flatSubmit { () -> EventLoopFuture<any NIOCore.Channel> in
            let near = TunnelEnd(nil)
            let far = TunnelEnd(handshake)
            near.meet(far)
            let boundNear = NIOLoopBound(near, eventLoop: loop)
            let boundFar = NIOLoopBound(far, eventLoop: loop)
            return ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(boundNear.value) }
                }
                .withConnectedSocket(local)
                .flatMapError { error in
                    _ = ambit_linux_close(remote)
                    return loop.makeFailedFuture(error)
                }
                .flatMap { _ in
                    ClientBootstrap(group: loop)
                        .channelInitializer { channel in
                            channel.eventLoop.makeCompletedFuture {
                                let name = DocumentURL.isAddress(host) ? nil : host
                                try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                                try channel.pipeline.syncOperations.addHandler(boundFar.value)
                            }
                        }
                        .withConnectedSocket(remote)
                }
        }
        far.whenFailure { handshake.fail($0) }
        do {
            try handshake.futureResult.wait()
        } catch {
            far.whenSuccess { $0.close(promise: nil) }
            throw error
        }
    }

    /// For people: what is known of the usual mistakes.
    private static func text(_ error: any Error) -> String {
        if let failure = error as? Failure { return failure.description }
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "no authority that is trusted here has signed its certificate; name the authority with --ca FILE"
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") { return "it does not speak TLS; write http://" }
        if text.contains("failedToValidateHostname") || text.contains("Couldn't find") {
            return "its certificate is for another name"
        }
        return text
    }
}
