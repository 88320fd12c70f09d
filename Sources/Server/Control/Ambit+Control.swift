import CLinux
import Glibc
import JSON
import MCP
import PluginHost
import Scopes
import Transport

extension Ambit {
    /// Opens the control socket in the first folder that can be used. A server without one serves MCP all the same, and its log says why it
    /// has none.
    package func startControl(in folders: [ControlFolder] = ControlFolder.all) {
        guard let reactor = runtime.reactor else { return }
        var why: any Error = StartError("there is no folder for it")
        do throws(AcquireError) {
            let server = LocalServer(
                scope: try scope.open(.custom, "control", limits: .server), reactor: reactor, service: ControlService(self), user: geteuid()
            )
            parts.withLock { $0.control = server }
            for folder in folders {
                do {
                    try folder.prepare()
                    folder.sweep()
                    return try server.start(at: folder.socket(of: getpid()))
                } catch {
                    why = error
                }
            }
        } catch {
            why = error
        }
        log.write(.warning, plugin: nil, "no control socket: \(why)", [])
    }

    /// What tells one server from another.
    func describe(to writer: inout JSONWriter) {
        let (address, stdio) = parts.withLock { ($0.address, $0.stdio != nil) }
        writer.key("pid")
        writer.int(Int(getpid()))
        writer.key("serverVersion")
        writer.string(Version.current)
        writer.key("transport")
        writer.string(address != nil ? "http" : stdio ? "stdio" : "none")
        if let address {
            writer.key("host")
            writer.string(address.host)
            writer.key("port")
            writer.int(address.port)
        }
        writer.key("startedAt")
        writer.int(Int(startedAt / 1_000_000_000))
        writer.key("plugins")
        writer.int(host.instances.count)
        writer.key("sessions")
        writer.int(sessions.count)
    }
}
