internal import MCP
internal import Scopes

/// Notices plugin code that holds the event loop it was called on (A8): handlers of inline tools, which must never block. Nobody else is
/// served by that loop meanwhile, so the log names tool and plugin while it still runs.
///
/// No timer runs while nothing is called; while tools are, one a quarter of a second.
final class LoopWatch: Sendable {
    /// Nanoseconds. An inline handler takes microseconds.
    static let limit: Int64 = 250_000_000

    private let runtime: Runtime
    private let log: any HostLog
    private let runs = Lock(LoopRuns<Handler>(limit: LoopWatch.limit))

    init(_ runtime: Runtime, _ log: any HostLog) {
        self.runtime = runtime
        self.log = log
    }

    /// Runs a handler on the calling thread, an event loop's.
    func run(_ handler: Handler, _ body: () -> Void) {
        let now = runtime.now
        let (number, look) = runs.withLock { $0.begin(handler, now: now) }
        if let look { arm(at: look) }
        body()
        guard let late = runs.withLock({ $0.end(number) }) else { return }
        report(.notice, "an inline \(handler.kind.noun) has returned to its event loop", late)
    }

    private func arm(at instant: Int64) {
        _ = runtime.timers.schedule(at: instant, on: runtime.executor) { [weak self] in self?.look() }
    }

    private func look() {
        let now = runtime.now
        let (late, again) = runs.withLock { $0.look(now: now) }
        if let again { arm(at: again) }
        for run in late {
            runtime.ledger.count("loops.stalled")
            report(
                .warning,
                "an inline \(run.code.kind.noun) holds its event loop: who else is served by that waits; it must be declared async or blocking",
                run)
        }
    }

    private func report(_ level: LogLevel, _ message: String, _ run: LoopRuns<Handler>.Run) {
        log.write(
            level, plugin: nil, message,
            [
                ("plugin", run.code.plugin.name), (run.code.kind.noun, run.code.name),
                ("held_ms", String((runtime.now - run.since) / 1_000_000)),
            ])
    }
}
