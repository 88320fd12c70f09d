import Logging

/// The least severe level that is logged.
package struct LogThreshold: Sendable {
    package static let names = "trace, debug, info, notice, warning, error, critical"

    let level: Logger.Level

    package init?(_ name: String) {
        guard let level = Logger.Level(rawValue: name.lowercased()) else { return nil }
        self.level = level
    }

    /// A logger to stderr.
    var logger: Logger {
        let level = self.level
        return Logger(label: "ambit") { _ in StderrLogHandler(level: level) }
    }
}
