import Glibc
import MCP
import Metrics
import PluginHost
import Scopes
import Transport

/// `ambit serve`.
package struct ServeProgram {
    private let configuration: AmbitConfiguration
    private let level: LogThreshold
    private let http: HTTPConfiguration

    package init(configuration: AmbitConfiguration, level: LogThreshold) {
        self.configuration = configuration
        self.level = level
        let host = configuration.host
        // The address that it was told to listen on is one of its names.
        let names = configuration.allowedHosts + (host.contains(":") ? ["[\(host)]"] : [host])
        http = HTTPConfiguration(
            host: host, port: configuration.port, guardian: HostGuard(hosts: names, origins: configuration.allowedOrigins),
            limits: configuration.streamLimits, threads: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2))
    }

    /// Runs until it is told to stop, then exits.
    package func run() -> Never {
        Reactor.blockSignals()
        Program.raiseDescriptorLimit()
        let run: AmbitRun
        let address: HTTPServer.Address
        do {
            let ambit = try Ambit(configuration, level: level)
            run = AmbitRun(ambit)
            MetricsSystem.bootstrap(run.ambit.metrics)
            run.handleSignals()
            address = try ambit.startHTTP(http)
            ambit.startControl()
        } catch {
            Program.fail(error.description)
        }
        run.ambit.loadPlugins()
        announce(run.ambit, address)
        let report = run.wait()
        Program.exit(report == nil ? 1 : 0)
    }

    private func announce(_ ambit: Ambit, _ address: HTTPServer.Address) {
        let name = address.host.contains(":") ? "[\(address.host)]" : address.host
        let tools = ambit.host.catalog.tools()
        for plugin in ambit.host.instances {
            let names = tools.filter { $0.plugin === plugin }.map(\.definition.name)
            Program.say("  \(plugin.name) \(plugin.version): \(names.isEmpty ? "no tools" : names.joined(separator: ", "))")
        }
        for error in ambit.pluginErrors { Program.say("  not loaded: \(error)") }
        if ambit.host.instances.isEmpty, ambit.pluginErrors.isEmpty {
            Program.say("  no plugins; give one with --plugin PATH")
        }
        if !["127.0.0.1", "::1", "localhost"].contains(address.host) {
            ambit.log.write(
                .warning, plugin: nil, "listening beyond this machine without authentication", [("address", address.host)])
        }
        Program.say("listening on http://\(name):\(address.port)\(http.path)")
    }
}
