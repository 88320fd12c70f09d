import NIOCore
import NIOSSL
import Scopes

/// The certificate chain and key that the server shows, read from files and read again on request. Connections that are open keep what
/// they began with.
package final class TLSCertificates: Sendable {
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package let description: String
        /// Of the private key's file; else of the certificates'.
        package var isOfKey = false
    }

    private let chain: String
    private let key: String
    private let context: Lock<NIOSSLContext>

    /// - Parameters:
    ///   - chain: PEM file, the server's own certificate first.
    ///   - key: PEM file of its private key, without a pass phrase.
    package init(chain: String, key: String) throws(Failure) {
        self.chain = chain
        self.key = key
        context = Lock(try Self.load(chain, key))
    }

    /// Reads both files again; where they are not good, what was there stays. Blocks for as long as files take.
    package func reload() throws(Failure) {
        let loaded = try Self.load(chain, key)
        context.withLock { $0 = loaded }
    }

    func handler() -> NIOSSLServerHandler { NIOSSLServerHandler(context: context.withLock { $0 }) }

    private static func load(_ chain: String, _ key: String) throws(Failure) -> NIOSSLContext {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(chain)
        } catch {
            throw Failure(description: "the certificates in \(chain) can't be read: it must be a file with certificates in PEM format")
        }
        guard !certificates.isEmpty else { throw Failure(description: "there is no certificate in \(chain)") }
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw Failure(
                description: "the key in \(key) can't be read: it must be a file with a private key in PEM format, not encrypted",
                isOfKey: true)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // How long a client that does not say goodbye keeps its descriptor, and the server from stopping.
        configuration.shutdownTimeout = .milliseconds(300)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Failure(description: "the key in \(key) does not belong to the first certificate in \(chain)", isOfKey: true)
        }
    }
}
