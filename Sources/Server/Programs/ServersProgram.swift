import CLinux
import JSON

/// `ambit servers`.
package struct ServersProgram {
    private let json: Bool

    package init(json: Bool) { self.json = json }

    /// Prints, exits.
    package func run() -> Never {
        let servers = RunningServer.all()
        if json {
            var writer = JSONWriter()
            writer.beginArray()
            for server in servers { server.write(to: &writer) }
            writer.endArray()
            Program.out(writer.bytes + [0x0A])
        } else if servers.isEmpty {
            Program.out(Array("no server is running\n".utf8))
        } else {
            Program.out(Array(RunningServer.table(servers, now: ambit_linux_epoch_now() / 1_000_000_000).utf8))
        }
        Program.exit(0)
    }
}
