import MCP
import Scopes
import Transport

/// Requests in the server's log: every one at debug, those that are turned away at info, which anybody may cause and so are limited in
/// number. No credentials: a record has none.
final class RequestLogger: RequestLog {
    private struct Refusals {
        var bucket: TokenBucket
        /// Since the last that was written.
        var unwritten = 0
    }

    /// Refusals that are written at once, and in a second.
    static let burst = 20.0
    static let rate = 1.0
    /// Of what a client has sent.
    private static let longest = 200

    private let log: ServerLog
    private let threshold: LogThreshold?
    private let runtime: Runtime
    private let refusals: Lock<Refusals>

    init(_ log: ServerLog, threshold: LogThreshold?, runtime: Runtime) {
        self.log = log
        self.threshold = threshold
        self.runtime = runtime
        refusals = Lock(Refusals(bucket: TokenBucket(rate: Self.rate, burst: Self.burst, now: runtime.now)))
    }

    var isWanted: Bool { threshold?.admitsDebug ?? log.enabled(.debug) }

    func answered(_ record: RequestRecord) {
        let tenths = record.age / 100_000
        var fields = Self.fields(record) + [("ms", "\(tenths / 10).\(tenths % 10)")]
        if !record.method.isEmpty { fields.append(("status", record.status.map { "\($0)" } ?? "gone")) }
        log.write(.debug, plugin: nil, "request", fields)
    }

    func refused(_ record: RequestRecord, why: String) {
        refused(record.status ?? 0, why) { Self.fields(record) }
    }

    func refused(_ status: Int, _ why: String, _ fields: () -> [(String, String)]) {
        guard log.enabled(.info) else { return }
        let unwritten = refusals.withLock { refusals -> Int? in
            guard refusals.bucket.take(now: runtime.now) else {
                refusals.unwritten += 1
                return nil
            }
            defer { refusals.unwritten = 0 }
            return refusals.unwritten
        }
        guard let unwritten else { return }
        let further = unwritten > 0 ? [("unwritten", "\(unwritten)")] : []
        log.write(.info, plugin: nil, "request refused", fields() + [("status", "\(status)"), ("why", why)] + further)
    }

    private static func fields(_ record: RequestRecord) -> [(String, String)] {
        var fields = [("from", record.peer)]
        if !record.method.isEmpty { fields += [("method", record.method), ("path", brief(record.path))] }
        if !record.message.isEmpty { fields.append(("message", brief(record.message))) }
        if !record.name.isEmpty { fields.append((record.message == "tools/call" ? "tool" : "name", brief(record.name))) }
        return fields
    }

    private static func brief(_ text: String) -> String { text.utf8.count > longest ? text.prefix(longest) + "…" : text }
}
