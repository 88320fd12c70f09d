internal import MCP
package import Scopes

/// Loads plugins into this process and offers their tools; enables, disables and restarts them while it runs.
///
/// Owns the instances; what they own hangs below `scope`, the scope of the server. Closing that scope unloads them all.
package final class PluginHost: Sendable {
    package let catalog: Catalog
    package let sessions: Sessions
    package let metrics = PluginMetrics()
    package let loader: PluginLoader
    let scope: Scope
    let services: HostServices
    /// Where plugins are loaded and started: that blocks.
    let loading = BlockingPool(name: "ambit-loading")

    struct Loaded: Sendable {
        /// In the order in which they were configured.
        var known: [KnownPlugin] = []
        var instances: [PluginInstance] = []
        /// Names that are taken, with the file.
        var names: [String: String] = [:]
        /// Generations per name.
        var generations: [String: Int] = [:]
        /// What all generations of a plugin have, per name (S14).
        var quotas: [String: QuotaAccount] = [:]
    }
    let loaded = Lock(Loaded())

    /// - Parameters:
    ///   - scope: the server's.
    ///   - sessions: where plugins find and mint sessions; nil: a table of its own.
    ///   - launcherPath: of `ambit-launcher`, for child processes.
    package init(
        scope: Scope, bus: Bus, sessions: Sessions? = nil, launcherPath: String, folders: HostFolders = .standard,
        loading: LoadingOptions = LoadingOptions(), log: any HostLog
    ) {
        self.scope = scope
        let sessions = sessions ?? Sessions(scope: scope)
        self.sessions = sessions
        catalog = Catalog(scope.runtime.executor)
        loader = PluginLoader(loading, scope: scope, launcherPath: launcherPath)
        services = HostServices(
            runtime: scope.runtime, bus: bus, sessions: sessions, catalog: catalog, metrics: metrics, launcherPath: launcherPath,
            folders: folders, log: log, loopWatch: LoopWatch(scope.runtime, log), startLimit: loading.startLimit)
        scope.runtime.onAbandon { [weak self] in self?.noteAbandonments($0) }
        scope.runtime.onPromote { promotion in
            log.write(
                .info, plugin: nil, "something was promoted to a scope that lives longer",
                [
                    ("plugin", promotion.plugin), ("kind", promotion.kind), ("label", promotion.label), ("from", promotion.from),
                    ("to", promotion.to),
                ])
        }
    }

    /// Begins to remove the temporary directories that crashed hosts of this user left. Never waits.
    package func sweepTemporaryDirectories() {
        let folder = services.folders.temporary
        _ = services.runtime.disk.submit { _ = TempDirectory.sweep(folder) }
    }

    /// Generations that are not gone, in order of loading.
    package var instances: [PluginInstance] { loaded.withLock { $0.instances } }

    /// Every plugin that was ever configured, in that order.
    package var plugins: [PluginStatus] { loaded.withLock { $0.known }.map(status) }

    func status(_ known: KnownPlugin) -> PluginStatus {
        let instance = known.state.withLock { $0.instance }
        return known.status(catalog.tools().filter { $0.plugin === instance }.map(\.definition.name))
    }

    /// Names what was given up in the log, a line for each scope and kind, and marks its plugin (S9). Installed as the runtime's hook; a
    /// server that sets a hook of its own passes on what it gets.
    package func noteAbandonments(_ abandonments: [Abandonment]) {
        let plugins = Set(abandonments.map(\.plugin))
        for owner in instances where plugins.contains(owner.scope.label) { owner.becomeDegraded() }
        var groups: [AbandonmentGroup] = []
        for abandonment in abandonments {
            if let index = groups.firstIndex(where: { $0.isOf(abandonment) }) {
                groups[index].add(abandonment)
            } else {
                groups.append(AbandonmentGroup(abandonment))
            }
        }
        for group in groups {
            let what = group.count == 1 ? "something" : "\(group.count) things"
            services.log.write(
                .error, plugin: nil,
                "\(what) did not end when \(group.count == 1 ? "its" : "their") scope closed and \(group.verb) given up",
                group.fields)
        }
    }
}
