package import MCP

/// Where the host and its plugins write for operators.
package protocol HostLog: Sendable {
    func enabled(_ level: LogLevel) -> Bool
    /// - Parameter plugin: whose record it is; nil for the host's own.
    func write(_ level: LogLevel, plugin: String?, _ message: String, _ fields: [(String, String)])
}
