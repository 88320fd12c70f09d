package import Logging
package import MCP
import PluginHost

/// The log of the server and of its plugins: swift-log, with MCP's eight levels on its seven.
package struct ServerLog: HostLog {
    package let logger: Logger

    package init(_ logger: Logger) { self.logger = logger }

    package func enabled(_ level: LogLevel) -> Bool { Self.level(level) >= logger.logLevel }

    package func write(_ level: LogLevel, plugin: String?, _ message: String, _ fields: [(String, String)]) {
        var metadata: Logger.Metadata = [:]
        for (key, value) in fields { metadata[key] = .string(value) }
        if let plugin { metadata["plugin"] = .string(plugin) }
        logger.log(level: Self.level(level), "\(message)", metadata: metadata)
    }

    package static func level(_ level: LogLevel) -> Logger.Level {
        switch level {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical, .alert, .emergency: .critical
        }
    }
}
