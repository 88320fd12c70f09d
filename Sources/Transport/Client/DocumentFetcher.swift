import Dispatch
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import Scopes

extension Kind {
    /// A document that is being fetched.
    static let fetch = Kind("fetch", phase: .reap)
}

/// Fetches small documents by HTTP/1.1: one GET on a connection of its own, no redirects, bounded in size and time. What is under way
/// belongs to the scope, and so does the event loop, which is none of the server's.
package final class DocumentFetcher: Sendable {
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let description: String

        init(_ text: String) { description = text }
    }

    package typealias Done = @Sendable (Result<[UInt8], Failure>) -> Void

    /// From the first look at the name to the last byte.
    static let deadline = TimeAmount.seconds(10)
    static let largest = 512 << 10

    private let scope: Scope
    private let group: MultiThreadedEventLoopGroup
    private let tls: NIOSSLContext?

    /// - Parameter authorities: PEM file of the certificates that servers are trusted by; nil: the system's. Blocks while they are read.
    package init(scope: Scope, isSecure: Bool, authorities: String?) throws {
        self.scope = scope
        if isSecure {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            if let authorities { configuration.trustRoots = .file(authorities) }
            tls = try NIOSSLContext(configuration: configuration)
        } else {
            tls = nil
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.group = group
        do {
            try scope.onClose(
                .free, "loop of fetches",
                pending: { _, finalizer in
                    group.shutdownGracefully(queue: .global()) { _ in finalizer.finished() }
                })
        } catch {
            group.shutdownGracefully(queue: .global()) { _ in }
            throw error
        }
    }

    /// - Parameter done: called once, on any thread, within the deadline.
    package func fetch(_ url: DocumentURL, done: @escaping Done) {
        let loop = group.next()
        let fetch = DocumentFetch(url, loop: loop, done: done)
        do {
            try scope.add(fetch)
        } catch {
            return fetch.finish(.failure(Failure("the server is stopping")))
        }
        let tls = self.tls
        let deadline = loop.scheduleTask(in: Self.deadline) {
            fetch.finish(.failure(Failure("no answer within \(Self.deadline.nanoseconds / 1_000_000_000) s")))
        }
        fetch.whenFinished { deadline.cancel() }
        ClientBootstrap(group: loop)
            .connectTimeout(Self.deadline)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if url.isSecure, let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: DocumentURL.isAddress(url.host) ? nil : url.host))
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(DocumentReader(url, fetch))
                }
            }
            .connect(host: url.host, port: url.port)
            .whenComplete { outcome in
                switch outcome {
                case .success(let channel): fetch.connected(channel)
                case .failure(let error): fetch.finish(.failure(Failure("can't connect to \(url.authority): \(error)")))
                }
            }
    }
}
