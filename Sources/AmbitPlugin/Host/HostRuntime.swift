/// One instance's way to the host: handle, tables, executor. Every value of the SDK that can call the host holds it.
///
/// It owns nothing of the host's: values kept beyond the instance only meet stale handles (S18), and the tables outlive the plugin.
final class HostRuntime: Sendable {
    let handle: ambit_host_handle
    /// The plugin's own.
    let scope: ambit_scope
    let tables: HostTables
    let executor: PluginExecutor
    let configuration: String

    init(_ host: ambit_host, configuration: String) throws(AmbitError) {
        handle = host.handle
        scope = host.scope
        tables = try HostTables(host)
        executor = PluginExecutor(host: host.handle, post: tables.task.post)
        self.configuration = configuration
    }
}
