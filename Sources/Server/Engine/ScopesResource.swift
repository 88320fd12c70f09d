import JSON
import MCP
import PluginHost
import Scopes

/// `ambit://scopes` (S15): what a client's own calls and sessions hold right now, and the totals of the server, so that an agent can see
/// whether anything is left. Labels are masked like logs.
enum ScopesResource {
    static let uri = "ambit://scopes"

    static func make(_ host: PluginHost, _ sessions: Sessions, _ ledger: Ledger) -> HostResource {
        HostResource(
            definition: ResourceDefinition(
                uri: uri, name: "scopes", title: "What is running for you",
                description:
                    "The scopes that belong to you, with everything that they own right now (processes, timers, tasks), and the totals of the server by kind: live is what exists now, abandoned is what could not be stopped.",
                mimeType: "application/json")
        ) { reader in
            String(decoding: json(own(reader, host, sessions), ledger), as: UTF8.self)
        }
    }

    /// The scope of its session; without one the handles of its principal, and its calls that belong to none.
    private static func own(_ reader: HostResource.Reader, _ host: PluginHost, _ sessions: Sessions) -> [Scope] {
        if let session = reader.session { return [session.scope] }
        let handles = sessions.handles(of: reader.principal).map(\.scope)
        return handles + host.instances.flatMap { $0.scopesOfCalls(principal: reader.principal) }
    }

    private static func json(_ scopes: [Scope], _ ledger: Ledger) -> [UInt8] {
        var writer = JSONWriter(reserving: 2048)
        writer.beginObject()
        writer.key("scopes")
        writer.beginArray()
        for scope in scopes { ScopePage.write(scope.snapshot(), to: &writer) }
        writer.endArray()
        ScopePage.write(ledger, to: &writer)
        writer.endObject()
        return writer.bytes
    }
}
