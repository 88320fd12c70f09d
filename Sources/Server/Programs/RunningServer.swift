import JSON

/// A server of this user that answers at its control socket.
struct RunningServer {
    let pid: Int32
    let path: String
    let transport: String
    let port: Int?
    /// Unix epoch, seconds.
    let startedAt: Int64
    let plugins: Int

    /// All that answer within three seconds each, by process id.
    static func all() -> [RunningServer] {
        ControlFolder.all.flatMap { $0.sockets() }.compactMap { RunningServer(path: $0.path) }.sorted { $0.pid < $1.pid }
    }

    init?(path: String) {
        guard let facts = try? ControlClient.ask(path, ControlMessage.make("server"), seconds: 3), let pid = facts["pid"]?.int64 else {
            return nil
        }
        self.path = path
        self.pid = Int32(truncatingIfNeeded: pid)
        transport = facts["transport"]?.string ?? "unknown"
        port = facts["port"]?.int64.map { Int($0) }
        startedAt = facts["startedAt"]?.int64 ?? 0
        plugins = facts["plugins"]?.int64.map { Int($0) } ?? 0
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("pid")
        writer.int(Int(pid))
        writer.key("transport")
        writer.string(transport)
        if let port {
            writer.key("port")
            writer.int(port)
        }
        writer.key("startedAt")
        writer.int(Int(startedAt))
        writer.key("plugins")
        writer.int(plugins)
        writer.key("socket")
        writer.string(path)
        writer.endObject()
    }

    static func table(_ servers: [RunningServer], now: Int64) -> String {
        var table = TextTable(["PID", "TRANSPORT", "PORT", "PLUGINS", "STARTED"])
        for server in servers {
            table.add([
                "\(server.pid)", server.transport, server.port.map { "\($0)" } ?? "-", "\(server.plugins)",
                "\(Self.age(now - server.startedAt)) ago",
            ])
        }
        return table.text
    }

    private static func age(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(max(0, seconds)) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86400) days"
        }
    }
}
