import MCP
import PluginHost
import Scopes
import Transport

extension Ambit {
    /// Whether there are certificates or keys that could be read again.
    var reloads: Bool { parts.withLock { $0.certificates } != nil || configuration.access.acceptsSigned }

    /// Reads certificates and keys of tokens again. What is not good leaves what was there. Blocks while files are read.
    ///
    /// - Parameter done: everything that went wrong, called once on any thread.
    func reload(by: String, done: @escaping @Sendable ([String]) -> Void) {
        var problems: [String] = []
        if let certificates = parts.withLock({ $0.certificates }) {
            do throws(TLSCertificates.Failure) {
                try certificates.reload()
                log.write(.notice, plugin: nil, "the certificates were read again", [("by", by)])
            } catch {
                problems.append(error.description)
                log.write(.error, plugin: nil, "the certificates stay as they were", [("why", error.description), ("by", by)])
            }
        }
        guard let access else { return done(problems) }
        access.reloadKeys { [problems] problem in done(problems + (problem.map { [$0] } ?? [])) }
    }
}
