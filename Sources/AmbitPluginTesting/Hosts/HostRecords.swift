internal import MCP
internal import PluginHost
internal import Scopes

/// What the host wrote and gave up while a test ran.
final class HostRecords: HostLog {
    private struct State: Sendable {
        var lines: [String] = []
        var abandonments: [Abandonment] = []
    }

    private let state = Lock(State())

    func enabled(_ level: LogLevel) -> Bool { true }

    func write(_ level: LogLevel, plugin: String?, _ message: String, _ fields: [(String, String)]) {
        let line = ([level.name, plugin ?? "host", message] + fields.map { "\($0.0)=\($0.1)" }).joined(separator: " ")
        state.withLock { $0.lines.append(line) }
    }

    func note(_ abandonment: Abandonment) { state.withLock { $0.abandonments.append(abandonment) } }

    var lines: [String] { state.withLock { $0.lines } }
    var abandonments: [Abandonment] { state.withLock { $0.abandonments } }
}
