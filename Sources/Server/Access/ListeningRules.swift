import MCP
import Transport

/// What forbids an HTTP server to listen. Pure; each says what to do.
enum ListeningRules {
    static func problems(_ configuration: AmbitConfiguration) -> [String] {
        var problems: [String] = []
        _ = AccessRules(configuration) { problems.append($0) }
        problems += HostGuard.problems(hosts: configuration.allowedHosts, origins: configuration.allowedOrigins)
        let tls = configuration.tls
        if tls.chain.isEmpty != tls.key.isEmpty {
            problems.append(tls.chain.isEmpty ? "'tls-key' needs 'tls-certificate'" : "'tls-certificate' needs 'tls-key'")
        }
        if !DocumentURL.isLoopback(configuration.host), !configuration.insecureBind {
            let missing = [
                tls.isOn ? nil : "TLS (give --tls-certificate and --tls-key)",
                configuration.access.isOn ? nil : "authentication (give --auth-token or --auth-issuer)",
            ].compactMap { $0 }
            if !missing.isEmpty {
                problems.append(
                    "listening on \(configuration.host), beyond this machine, needs \(missing.joined(separator: " and ")); --insecure-bind listens all the same, for instance behind a proxy that does it"
                )
            }
        }
        return problems
    }
}
