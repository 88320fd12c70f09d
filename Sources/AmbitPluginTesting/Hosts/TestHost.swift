public import AmbitPlugin
internal import CAmbit
internal import MCP
internal import PluginHost
internal import Scopes

/// The real host with one plugin in it, inside a test: the same scopes, calls, sessions and limits as in a server, without a network.
///
///     let host = try TestHost(Clock.self)
///     let result = try await host.call("clock_tick", ["times": 3])
///     #expect(result.text == "done" && result.progress.count == 3)
///     try await host.close()          // throws a LeakReport when something is left
///
/// Owns threads until `close`, which is to be called on every way out; `withTestHost` and `expectNoLeaks` do it. Any thread.
public final class TestHost: Sendable {
    /// The clock that plugin, limits and deadlines go by.
    public enum Time: Sendable {
        /// It stands still until `advance`, or until `call` or `close` has nothing else left to wait for. Needs no waiting and gives the same
        /// result each time. No child processes.
        case manual
        /// The machine's.
        case machine
    }

    public let time: Time
    let runtime: Runtime
    let root: Scopes.Scope
    let host: PluginHost
    let plugin: PluginInstance
    let records: HostRecords
    let folder: ScratchFolder
    let object: WeakPlugin
    let closing = Lock<Completion<LeakReport?>?>(nil)

    /// Loads a plugin by its type, which is linked into the test.
    ///
    /// - Parameters:
    ///   - configuration: an object, as the operator would write it.
    ///   - launcher: path of `ambit-launcher`, for plugins that start processes (`time: .machine`); nil: `AMBIT_LAUNCHER`, or beside the test
    ///     program, or where ambit is installed.
    public convenience init<P: Plugin>(
        _ type: P.Type, configuration: JSON = [:], time: Time = .manual, launcher: String? = nil
    ) throws(TestHostError) {
        let object = WeakPlugin()
        let descriptor = export(type) { object.set($0) }
        try self.init(time, launcher, object) { host throws(PluginError) in
            try host.load(descriptor: descriptor, label: "\(P.self)", config: Array(configuration.text.utf8))
        }
    }

    /// Loads a plugin as a server does: from its shared library.
    public convenience init(
        path: String, configuration: JSON = [:], time: Time = .manual, launcher: String? = nil
    ) throws(TestHostError) {
        try self.init(time, launcher, WeakPlugin()) { host throws(PluginError) in
            try host.load(path: path, config: Array(configuration.text.utf8))
        }
    }

    private init(
        _ time: Time, _ launcher: String?, _ object: WeakPlugin,
        load: (PluginHost) throws(PluginError) -> PluginInstance
    ) throws(TestHostError) {
        self.time = time
        self.object = object
        folder = try ScratchFolder()
        runtime = time == .manual ? Runtime.manual() : Runtime()
        root = Scopes.Scope.root(runtime)
        let records = HostRecords()
        self.records = records
        var loading = LoadingOptions()
        loading.cache = "\(folder.path)/plugins"
        let host = PluginHost(
            scope: root, bus: Bus(runtime), launcherPath: launcher ?? Launcher.path, folders: folder.folders, loading: loading,
            log: records)
        self.host = host
        runtime.onAbandon { [weak host] abandonments in
            for abandonment in abandonments { records.note(abandonment) }
            host?.noteAbandonments(abandonments)
        }
        do throws(PluginError) {
            plugin = try load(host)
        } catch {
            // Nothing of it runs: what a failed load has acquired is released by its scope, and nobody waits for that.
            root.close(Scopes.Reason(.failed, by: "test", text: error.description))
            runtime.stop()
            folder.remove()
            throw TestHostError(error.description)
        }
        LeakWatch.current?.add(self)
    }

    /// The tools that are offered now, in the order in which clients see them.
    ///
    /// - Parameter session: with those that only this session is offered.
    public func tools(in session: TestSession? = nil) -> [String] {
        host.catalog.tools(for: session?.session).offers.map(\.definition.name)
    }

    /// The resources and the templates that are offered now, by URI.
    public func resources(in session: TestSession? = nil) -> [String] {
        host.catalog.resources(for: session?.session).offers.map(\.definition.uri)
            + host.catalog.templates(for: session?.session).offers.map(\.definition.template.text)
    }

    /// The prompts that are offered now.
    public func prompts(in session: TestSession? = nil) -> [String] {
        host.catalog.prompts(for: session?.session).offers.map(\.definition.name)
    }

    /// The JSON Schema of a tool's arguments; nil: there is no such tool.
    public func inputSchema(of tool: String) -> JSON? {
        host.catalog.tool(named: tool).map { JSON($0.definition.inputSchema) }
    }

    /// What plugin and host wrote for operators, a line each: "info clock message key=value".
    public var log: [String] { records.lines }

    /// The scopes and what they own, for people.
    public var tree: String { root.dumpText() }

    /// What exists now of a kind ("task", "timer", "process", "call", "<plugin>.<own kind>" …).
    public func count(of kind: String) -> Int { runtime.ledger.gauge(kind) }
}
