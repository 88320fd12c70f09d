internal import Scopes

/// What every plugin instance of a host shares.
struct HostServices: Sendable {
    let runtime: Runtime
    let bus: Bus
    let sessions: Sessions
    let catalog: Catalog
    let metrics: PluginMetrics
    let kinds = PluginKinds()
    let launcherPath: String
    let folders: HostFolders
    let log: any HostLog
    let loopWatch: LoopWatch
    /// How long `create` and `activate` may take each, nanoseconds.
    let startLimit: Int64
}
