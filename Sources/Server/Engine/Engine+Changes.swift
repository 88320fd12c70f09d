import MCP
import PluginHost
import Scopes

extension Engine {
    /// Where messages outside of requests go on a stdio connection; nil: nowhere.
    package func setStdioNotifications(_ send: @escaping @Sendable ([UInt8]) -> Bool) {
        table.withLock { $0.notifyStdio = send }
    }

    /// Lists have changed for some (A13): sessions that have initialized are told, once a list for what came together. The other era's
    /// clients have no open stream to be told on.
    func catalogChanged(_ changes: Set<Catalog.Change>) {
        // Whoever asks while the plugins are loaded waits for them, and gets the whole list.
        guard readiness.settled == .ready else { return }
        let (sessions, stdio, notifyStdio) = table.withLock { (Array($0.byID.values), $0.stdio, $0.notifyStdio) }
        for session in sessions + (stdio.map { [$0] } ?? []) where session.legacy.isInitialized {
            let encoder = encoder(for: session.legacy.version)
            for kind in Catalog.Kind.allCases
            where changes.contains(.init(kind, .everybody)) || changes.contains(.init(kind, .session(session.host.key))) {
                let message =
                    switch kind {
                    case .tools: encoder.toolsListChanged()
                    case .resources: encoder.resourcesListChanged()
                    case .prompts: encoder.promptsListChanged()
                    }
                let sent = session === stdio ? notifyStdio?(message) ?? false : session.send(message)
                if !sent { runtime.ledger.count("notifications.unsent") }
            }
        }
    }
}
