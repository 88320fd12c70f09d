import Glibc
import MCP
import PluginHost
package import Scopes
package import Transport

extension Ambit {
    /// Listens. `initialize` and `server/discover` are answered from here on; what needs tools waits for `loadPlugins`.
    package func startHTTP(_ configuration: HTTPConfiguration) throws(StartError) -> HTTPServer.Address {
        let server: HTTPServer
        let address: HTTPServer.Address
        do {
            // A port that the system chooses is another one for each run, and says nothing of whose it is.
            engine.tasks.adopt(
                as: TaskStore.Identity("http-\(configuration.host)-\(configuration.port)", isLasting: configuration.port != 0))
            let transportScope = try scope.open(.custom, "http", limits: .server)
            var configuration = configuration
            configuration.access = access
            configuration.pages = ServerPages.paths
            configuration.requests = requests
            parts.withLock { $0.certificates = configuration.certificates }
            server = HTTPServer(configuration, service: engine, scope: transportScope, gauges: gauges)
            parts.withLock { $0.http = server }
            address = try server.start()
            parts.withLock { $0.address = address }
        } catch {
            throw StartError("can't listen on \(configuration.host):\(configuration.port): \(Self.text(error))")
        }
        return address
    }

    /// Speaks MCP on two descriptors that nobody else uses.
    package func startStdio(
        input: Int32, output: Int32, onEnd: @escaping @Sendable (StdioTransport.End) -> Void
    ) throws(StartError) {
        do {
            engine.tasks.adopt(as: TaskStore.Identity("stdio"))
            _ = try engine.openStdio()
            let transportScope = try scope.open(.custom, "stdio", limits: .server)
            let transport = StdioTransport(
                input: input, output: output, service: engine, scope: transportScope, gauges: gauges,
                limits: configuration.streamLimits, requests: requests, onEnd: onEnd)
            parts.withLock { $0.stdio = transport }
            engine.setStdio(transport)
            try transport.start()
        } catch {
            throw StartError("can't serve on stdin and stdout: \(Self.text(error))")
        }
    }

    /// After the end of stdin: calls `done` once when all that was read before is answered, and with the nanoseconds of the close's limits that
    /// this took. Half of the soft limit is for it; plugins that are still being loaded, and requests that wait for them, have their time
    /// before that.
    func answerStdio(_ done: @escaping @Sendable (Int64) -> Void) {
        guard let stdio = parts.withLock({ $0.stdio }) else { return done(0) }
        let once = Once(done)
        let half = CloseLimits.stdioEnd.soft / 2
        let runtime = self.runtime
        // It may come on a thread of a plugin.
        stdio.whenAnswered { runtime.executor.post { once.call(0) } }
        engine.readiness.wait(atMost: Self.loadingAfterEnd) { _ in
            _ = runtime.timers.schedule(after: half, on: runtime.executor) { once.call(half) }
        }
    }

    /// Whoever has closed its input does not wait for plugins that take long to load.
    private static let loadingAfterEnd: Int64 = 5_000_000_000

    /// Loads the configured plugins, one after the other; those that fail are reported and skipped. Blocks.
    package func loadPlugins() {
        host.sweepTemporaryDirectories()
        for plugin in configuration.plugins {
            guard plugin.isEnabled else {
                host.keepDisabled(plugin.spec, reason: "the configuration says so")
                continue
            }
            do {
                _ = try host.load(plugin.spec)
            } catch {
                // The host has said so in the log.
                guard scope.isOpen else { break }
                parts.withLock { $0.pluginErrors.append(error) }
            }
        }
        // Whoever asks from here on gets the whole list.
        host.catalog.forgetChanges()
        warnOfUnmatchedScopes()
        engine.ready()
    }

    /// What was meant to protect a tool, and protects none. A tool that comes later may still have the name.
    private func warnOfUnmatchedScopes() {
        guard let access else { return }
        let names = host.catalog.tools().map(\.definition.name)
        for entry in access.unmatched(names) {
            let near = NearestName.of(entry, among: names).map { [("near", $0)] } ?? []
            log.write(.warning, plugin: nil, "no tool has the name of an entry of auth-tools", [("entry", entry)] + near)
        }
    }

    /// Ends everything, in order and within the deadlines: listener, calls, streams, connections, plugins, threads.
    package func stop(_ reason: Reason, limits: CloseLimits = .server, done: @escaping @Sendable (Report) -> Void) {
        engine.stopping()
        parts.withLock { $0.http }?.stopping()
        scope.close(reason, limits: limits) { report in
            // Not on a thread that is about to be waited for.
            self.afterClose { done(report) }
        }
    }

    private func afterClose(_ done: @escaping @Sendable () -> Void) {
        let (http, stdio) = parts.withLock { ($0.http, $0.stdio) }
        let ending = ThreadExecutor(name: "ambit-ending", threads: 1)
        let runtime = self.runtime
        ending.post {
            http?.stop()
            stdio?.stop()
            runtime.stop()
            done()
            _ = ending.stop()
        }
    }

    private static func text(_ error: any Error) -> String { "\(error)" }
}

/// Calls what it holds once.
private final class Once: Sendable {
    private let body: Lock<(@Sendable (Int64) -> Void)?>

    init(_ body: @escaping @Sendable (Int64) -> Void) { self.body = Lock(body) }

    func call(_ value: Int64) {
        let body = self.body.withLock { body in
            defer { body = nil }
            return body
        }
        body?(value)
    }
}
