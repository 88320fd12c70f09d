import Logging
import Synchronization

/// The least severe level that is logged. Can be changed while the server runs; one for all copies of its logger.
package final class LogThreshold: Sendable {
    private static let levels = Logger.Level.allCases
    private static let debug = levels.firstIndex(of: .debug) ?? 0
    package static let names = levels.map(\.rawValue)

    private let position: Atomic<Int>

    package init?(_ name: String) {
        guard let position = Self.position(of: name) else { return nil }
        self.position = Atomic(position)
    }

    package var name: String { level.rawValue }

    /// False, and nothing changes, where there is no such level.
    package func set(_ name: String) -> Bool {
        guard let position = Self.position(of: name) else { return false }
        self.position.store(position, ordering: .relaxed)
        return true
    }

    var level: Logger.Level { Self.levels[position.load(ordering: .relaxed)] }

    /// Looked at for every request.
    var admitsDebug: Bool { position.load(ordering: .relaxed) <= Self.debug }

    /// A logger to stderr.
    var logger: Logger { Logger(label: "ambit") { _ in StderrLogHandler(threshold: self) } }

    private static func position(of name: String) -> Int? {
        levels.firstIndex { $0.rawValue == name.lowercased() }
    }
}
