import JSON
import PluginHost
import Scopes
package import Transport

/// `/health`, `/metrics` and `/debug/scopes`. Made on the host's executor, never on an event loop.
final class ServerPages: Sendable {
    static let paths = ["/health", "/metrics", "/debug/scopes"]

    let server = Lock<WeakServer?>(nil)

    func serve(_ request: PageRequest, _ respond: @escaping @Sendable (Page) -> Void) -> Bool {
        let server = server.withLock { $0?.value }
        if let page = server?.access?.metadata(path: request.path) {
            respond(page)
            return true
        }
        guard Self.paths.contains(request.path) else { return false }
        guard let server else {
            respond(Page(status: 503, contentType: Page.plain, body: Array("stopped\n".utf8)))
            return true
        }
        if request.path == "/health" {
            // Paths and messages of plugins are not for everybody.
            let isOpen = server.access == nil && request.peer.isLoopback
            server.runtime.executor.post { respond(server.health(withReasons: isOpen)) }
            return true
        }
        // Whoever had to say who it is was found good enough for it already.
        guard request.peer.identity != nil || request.peer.isLoopback else {
            respond(Page(status: 403, contentType: Page.plain, body: Array("only from this machine\n".utf8)))
            return true
        }
        if request.path == "/metrics" {
            server.runtime.executor.post {
                respond(Page(status: 200, contentType: MetricsPage.contentType, body: Array(MetricsPage.text(server).utf8)))
            }
            return true
        }
        switch ScopeQuery.parse(httpQuery: request.query) {
        case .failure(let wrong): respond(Page(status: 400, contentType: Page.plain, body: Array("\(wrong.text)\n".utf8)))
        case .success(let query): server.runtime.executor.post { respond(server.scopes(query)) }
        }
        return true
    }
}

/// Breaks the circle between a server and its pages.
struct WeakServer: @unchecked Sendable {  // the reference is set once; Ambit is Sendable
    private(set) weak var value: Ambit?

    init(_ value: Ambit) { self.value = value }
}

extension Ambit {
    /// The tree and the ledger.
    package func scopes(_ query: ScopeQuery) -> Page {
        let page = ScopePage(
            query: query, scopes: query.select(scope.snapshot()), ledger: runtime.ledger,
            gauges: ServerGauges(ledger: runtime.ledger, engine: engine, sessions: sessions.count, transport: gauges))
        return query.isText
            ? Page(status: 200, contentType: Page.plain, body: page.text)
            : Page(status: 200, contentType: "application/json", body: page.json)
    }

    /// - Parameter withReasons: why a plugin is not there.
    func health(withReasons: Bool) -> Page {
        let plugins = host.plugins
        let status =
            !scope.isOpen
            ? "stopping"
            : engine.readiness.settled == nil
                ? "starting" : plugins.contains { $0.state == .failed || $0.state == .degraded } ? "degraded" : "ok"
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.key("status")
        writer.string(status)
        writer.key("version")
        writer.string(Version.current)
        writer.key("plugins")
        writer.beginArray()
        for plugin in plugins {
            writer.beginObject()
            writer.key("name")
            writer.string(plugin.name ?? plugin.path)
            writer.key("version")
            writer.string(plugin.version ?? "")
            writer.key("state")
            writer.string(plugin.state.rawValue)
            if withReasons, let reason = plugin.why {
                writer.key("reason")
                writer.string(SecretMask.mask(reason))
            }
            writer.endObject()
        }
        writer.endArray()
        writer.key("tools")
        writer.int(host.catalog.tools().count)
        writer.endObject()
        return Page(status: status == "stopping" ? 503 : 200, contentType: "application/json", body: writer.bytes)
    }
}
