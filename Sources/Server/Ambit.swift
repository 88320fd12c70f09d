import CLinux
import Glibc
package import Logging
import MCP
package import PluginHost
package import Scopes
import Synchronization
package import Transport

/// One server: composes runtime, tree, bus, plugins, engine and transports, and ends them in order. Its scope is the root of everything
/// that it starts; `stop` is that scope's close (S1).
package final class Ambit: Sendable {
    package let configuration: AmbitConfiguration
    package let runtime: Runtime
    package let scope: Scope
    package let bus: Bus
    package let host: PluginHost
    package let sessions: Sessions
    package let gauges = TransportGauges()
    /// What libraries report; programs make it the process's.
    package let metrics = MetricsRegistry()
    package let log: ServerLog
    /// Of its log; nil where somebody else keeps that.
    let threshold: LogThreshold?
    let requests: RequestLogger
    /// Unix epoch, nanoseconds.
    let startedAt = ambit_linux_epoch_now()
    let pages: ServerPages
    package let engine: Engine
    /// Nil: everybody who reaches it may ask.
    let access: ResourceServer?
    private let sharedPool: SharedPoolWatch
    let parts = Lock(Parts())

    struct Parts {
        var http: HTTPServer?
        var stdio: StdioTransport?
        var address: HTTPServer.Address?
        var control: LocalServer?
        var certificates: TLSCertificates?
        var pluginErrors: [PluginError] = []
    }

    /// With a log on stderr.
    package convenience init(_ configuration: AmbitConfiguration, level: LogThreshold) throws(StartError) {
        try self.init(configuration, logger: level.logger, threshold: level)
    }

    /// - Parameters:
    ///   - threshold: of this logger, where it has one that can be changed.
    ///   - runtime: its own by default; it is stopped with the server.
    package init(
        _ configuration: AmbitConfiguration, logger: Logger, threshold: LogThreshold? = nil, runtime: Runtime = Runtime()
    ) throws(StartError) {
        guard let launcher = configuration.launcher ?? InstalledFiles.launcher else {
            throw StartError(InstalledFiles.missingLauncher)
        }
        self.configuration = configuration
        self.runtime = runtime
        log = ServerLog(logger)
        self.threshold = threshold
        scope = Scope.root(runtime)
        bus = Bus(runtime)
        let sessions = Sessions(scope: scope, limits: configuration.limits.sessions)
        self.sessions = sessions
        host = PluginHost(scope: scope, bus: bus, sessions: sessions, launcherPath: launcher, loading: configuration.loading, log: log)
        let requests = RequestLogger(log, threshold: threshold, runtime: runtime)
        self.requests = requests
        access = try ResourceServer.make(configuration, scope: scope, log: log, requests: requests)
        let pages = ServerPages()
        self.pages = pages
        let notStored = RepeatedProblem(runtime) { [log] problem, count in
            log.write(
                .error, plugin: nil, count == 1 ? "a task can't be stored" : "\(count) tasks can't be stored", [("problem", problem)])
        }
        let tasks = TaskStore(root: configuration.taskFolder) { [log] problem in
            switch problem {
            case .notStored(let text): notStored.add(text)
            case .notAdopted(let text):
                log.write(.warning, plugin: nil, "what an earlier run has left of a task can't be kept", [("problem", text)])
            }
        }
        engine = Engine(
            info: .init(name: configuration.serverName, version: Version.current, title: configuration.serverTitle),
            instructions: configuration.instructions.isEmpty ? nil : configuration.instructions, scope: scope, host: host,
            sessions: sessions, limits: configuration.limits, seal: StateSeal(secret: configuration.stateSecret),
            tasks: tasks, access: access
        ) { request, respond in pages.serve(request, respond) }
        sharedPool = SharedPoolWatch(runtime) { [host, log] blocked in
            if blocked {
                // Whose code it is can't be seen from here: the suspects are the plugins that run in this process.
                log.write(
                    .warning, plugin: nil,
                    "Swift's shared pool is blocked: code of a plugin blocks in a task; it belongs on a blocking thread",
                    [("plugins", host.instances.map(\.name).joined(separator: " "))])
            } else {
                log.write(.notice, plugin: nil, "Swift's shared pool runs again", [])
            }
        }
        pages.server.withLock { $0 = WeakServer(self) }
        // Freed last: until then the host watches what its plugins do to the pool (S21).
        let sharedPool = sharedPool
        do throws(AcquireError) { try scope.onClose(.free, "heartbeat of the shared pool") { _ in sharedPool.stop() } } catch {
            throw StartError("the server was closed before it started")
        }
        let kept = engine.tasks
        // What ends with the server's plugins is still stored.
        do throws(AcquireError) {
            try scope.onClose(.free, "tasks of clients") { _ in
                kept.close()
                notStored.close()
            }
        } catch {
            throw StartError("the server was closed before it started")
        }
        sharedPool.start()
    }

    /// Errors of plugins that did not load, in order.
    package var pluginErrors: [PluginError] { parts.withLock { $0.pluginErrors } }
}
