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
    private var http: HTTPConfiguration

    package init(configuration: AmbitConfiguration, level: LogThreshold) {
        self.configuration = configuration
        self.level = level
        let host = configuration.host
        // The address that it was told to listen on is one of its names, and so is the one that clients know it by.
        let names =
            configuration.allowedHosts + (host.contains(":") ? ["[\(host)]"] : [host])
            + [ResourceURI(configuration.access.resource)?.authority].compactMap { $0 }
        let guardian = HostGuard(hosts: names, origins: configuration.allowedOrigins)
        http = HTTPConfiguration(
            host: host, port: configuration.port, guardian: guardian,
            limits: configuration.streamLimits, threads: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) / 2))
        if !configuration.allowedOrigins.isEmpty { http.crossOrigin = CrossOrigin(guardian) }
    }

    /// Runs until it is told to stop, then exits.
    package func run() -> Never {
        Program.forgetSecrets()
        Reactor.blockSignals()
        Program.raiseDescriptorLimit()
        let run: AmbitRun
        let address: HTTPServer.Address
        do {
            var http = http
            http.certificates = try certificates()
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

    private func certificates() throws(StartError) -> TLSCertificates? {
        guard configuration.tls.isOn else { return nil }
        do throws(TLSCertificates.Failure) {
            return try TLSCertificates(chain: configuration.tls.chain, key: configuration.tls.key)
        } catch {
            throw StartError(error.description)
        }
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
        if !DocumentURL.isLoopback(address.host), ambit.access == nil || !configuration.tls.isOn {
            let missing = ambit.access == nil ? "authentication" : "TLS"
            ambit.log.write(.warning, plugin: nil, "listening beyond this machine without \(missing)", [("address", address.host)])
        }
        Program.say("listening on \(configuration.tls.isOn ? "https" : "http")://\(name):\(address.port)\(http.path)")
    }
}
