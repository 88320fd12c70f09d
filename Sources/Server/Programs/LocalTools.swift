import CLinux
import Glibc
import Scopes
import Transport

/// A server in this process that serves nobody but this process: the configured plugins, for one command. Ended by `end`.
final class LocalTools {
    let run: AmbitRun
    let interrupts: Interrupts
    private let server: LocalServer

    /// Loads the plugins; those that fail are in the log. Call before the first thread exists.
    init(_ configuration: AmbitConfiguration, level: LogThreshold) throws {
        Program.forgetSecrets()
        Reactor.blockSignals()
        run = AmbitRun(try Ambit(configuration, level: level))
        let ambit = run.ambit
        guard let reactor = ambit.runtime.reactor else { throw StartError("there is no reactor") }
        interrupts = Interrupts(reactor)
        server = LocalServer(
            scope: try ambit.scope.open(.custom, "command line", limits: .server), reactor: reactor, service: ControlService(ambit),
            user: geteuid())
        ambit.loadPlugins()
    }

    /// Plugins that were not loaded; the log has said why.
    var hasErrors: Bool { !run.ambit.pluginErrors.isEmpty }

    /// Programs that plugins have started and that still run.
    var processes: Int { run.ambit.runtime.ledger.gauge(Kind.process.name) }

    /// As to a server elsewhere, over a pair of sockets.
    var channel: ControlChannel {
        ControlChannel { [server] in
            var ours: Int32 = -1
            var theirs: Int32 = -1
            let code = ambit_linux_socket_pair(&ours, &theirs, AMBIT_LINUX_STREAM, AMBIT_LINUX_NONBLOCK_SECOND)
            guard code == 0 else { throw StartError("no sockets are left: \(ControlFolder.text(-code))") }
            let client = ControlClient(ours, name: "this process")
            try server.adopt(theirs, label: "command line")
            return client
        }
    }

    /// Ends plugins and all that they started, in order.
    func end() {
        run.end(Reason(.completed, by: "command line"))
        _ = run.wait()
    }
}
