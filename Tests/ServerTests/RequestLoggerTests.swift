import Logging
import Scopes
import Testing

@testable import Server

@Suite struct RequestLoggerTests {
    private final class Lines: Sendable {
        let kept = Lock<[String]>([])
    }

    /// Keeps lines; a level of its own.
    private struct Keeper: LogHandler {
        let lines: Lines
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines.kept.withLock { $0.append("\(event.message) \(fields.joined(separator: " "))") }
        }
    }

    @Test func `refusals are written at once, then one a second, and the rest is counted`() {
        let lines = Lines()
        let runtime = Runtime.manual()
        let log = RequestLogger(ServerLog(Logger(label: "test") { _ in Keeper(lines: lines) }), threshold: nil, runtime: runtime)
        for _ in 0..<50 { log.refused(401, "no token") { [("from", "a")] } }
        #expect(lines.kept.withLock { $0.count } == Int(RequestLogger.burst))
        runtime.advance(by: 1_000_000_000)
        for _ in 0..<5 { log.refused(403, "no scope") { [("from", "b")] } }
        #expect(lines.kept.withLock { $0.count } == Int(RequestLogger.burst) + 1)
        #expect(lines.kept.withLock { $0.first } == "request refused from=a status=401 why=no token")
        #expect(lines.kept.withLock { $0.last } == "request refused from=b status=403 unwritten=30 why=no scope")
        runtime.stop()
    }

    @Test func `every request is wanted from debug on`() throws {
        let runtime = Runtime.manual()
        let threshold = try #require(LogThreshold("info"))
        let log = RequestLogger(ServerLog(threshold.logger), threshold: threshold, runtime: runtime)
        #expect(!log.isWanted)
        for (level, wanted) in [("debug", true), ("trace", true), ("notice", false)] {
            #expect(threshold.set(level) && log.isWanted == wanted)
        }
        runtime.stop()
    }
}
