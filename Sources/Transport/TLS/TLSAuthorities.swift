import NIOSSL

/// Certificates of authorities, in a PEM file.
package enum TLSAuthorities {
    /// Why the file is of no use; nil: it is good.
    package static func problem(_ path: String) -> String? {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path) else {
            return "can't be read: expected a file with certificates in PEM format"
        }
        return certificates.isEmpty ? "has no certificate" : nil
    }
}
