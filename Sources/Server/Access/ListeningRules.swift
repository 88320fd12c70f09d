import MCP
import Transport

/// What forbids an HTTP server to listen. Pure; each says what to do.
enum ListeningRules {
    static func problems(_ configuration: AmbitConfiguration) -> [SettingProblem] {
        var problems: [SettingProblem] = []
        _ = AccessRules(configuration) { problems.append($0) }
        for (index, host) in configuration.allowedHosts.enumerated() where !HostGuard.isHost(host) {
            problems.append(
                SettingProblem("allowed-hosts", element: index, "has '\(host)', which is no name of a server; expected name or name:port"))
        }
        for (index, origin) in configuration.allowedOrigins.enumerated() where !HostGuard.isOrigin(origin) {
            problems.append(
                SettingProblem(
                    "allowed-origins", element: index,
                    "has '\(origin)', which is no origin of a page; expected https://name or http://name, with a port where it is not the usual one"
                ))
        }
        let tls = configuration.tls
        if tls.chain.isEmpty != tls.key.isEmpty {
            let (given, missing) = tls.chain.isEmpty ? ("tls-key", "tls-certificate") : ("tls-certificate", "tls-key")
            problems.append(SettingProblem(given, "needs '\(missing)'", others: [missing]))
        }
        if !DocumentURL.isLoopback(configuration.host), !configuration.insecureBind {
            let missing = [
                tls.isOn ? nil : "TLS (give --tls-certificate and --tls-key)",
                configuration.access.isOn ? nil : "authentication (give --auth-token or --auth-issuer)",
            ].compactMap { $0 }
            if !missing.isEmpty {
                problems.append(
                    SettingProblem(
                        "host",
                        "is '\(configuration.host)', beyond this machine, which needs \(missing.joined(separator: " and ")); --insecure-bind listens all the same, for instance behind a proxy that does it",
                        others: ["insecure-bind", "tls-certificate", "auth-token", "auth-issuer"]))
            }
        }
        return problems
    }
}
