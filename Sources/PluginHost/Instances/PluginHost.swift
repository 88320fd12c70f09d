internal import MCP
package import Scopes

/// Loads plugins into this process and offers their tools.
///
/// Owns the instances; what they own hangs below `scope`, the scope of the server. Closing that scope unloads them all.
package final class PluginHost: Sendable {
    package let catalog: Catalog
    package let sessions: Sessions
    package let metrics = PluginMetrics()
    let scope: Scope
    let services: HostServices

    struct Loaded: Sendable {
        var instances: [PluginInstance] = []
        /// Names that are loaded or being loaded, with the file.
        var names: [String: String] = [:]
        /// Generations per name.
        var generations: [String: Int] = [:]
    }
    let loaded = Lock(Loaded())

    /// - Parameters:
    ///   - scope: the server's.
    ///   - sessions: where plugins find and mint sessions; nil: a table of its own.
    ///   - launcherPath: of `ambit-launcher`, for child processes.
    package init(
        scope: Scope, bus: Bus, sessions: Sessions? = nil, launcherPath: String, folders: HostFolders = .standard,
        log: any HostLog
    ) {
        self.scope = scope
        let sessions = sessions ?? Sessions(scope: scope)
        self.sessions = sessions
        catalog = Catalog(scope.runtime.executor)
        services = HostServices(
            runtime: scope.runtime, bus: bus, sessions: sessions, catalog: catalog, metrics: metrics, launcherPath: launcherPath,
            folders: folders,
            log: log)
        scope.runtime.onAbandon { [weak self] in self?.noteAbandonment($0) }
    }

    /// Loaded plugins in order of loading.
    package var instances: [PluginInstance] { loaded.withLock { $0.instances } }

    /// Names what was given up in the log, and marks its plugin (S9). Installed as the runtime's hook; a server that sets a hook of its own
    /// passes on what it gets.
    package func noteAbandonment(_ abandonment: Abandonment) {
        let owner = loaded.withLock { loaded in
            loaded.instances.first { $0.scope.label == abandonment.plugin }
        }
        owner?.becomeDegraded()
        services.log.write(
            .error, plugin: nil, "something did not end when its scope closed and was given up",
            [
                ("plugin", abandonment.plugin ?? "none"), ("scope", abandonment.scope), ("kind", abandonment.kind),
                ("label", abandonment.label), ("age_ms", String(abandonment.ageNanoseconds / 1_000_000)),
            ])
    }
}
