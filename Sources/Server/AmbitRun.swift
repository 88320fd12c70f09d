import Glibc
import MCP
package import Scopes
package import Transport

/// The life of the server process: runs until a signal, the end of stdin, or `end`, then closes everything once.
///
/// Signals come through the reactor, not through the shared pool, so that they work whatever plugins do (S21). A second one ends the
/// process on the spot.
package final class AmbitRun: Sendable {
    private struct State {
        var isEnding = false
        var report: Report?
    }

    package let ambit: Ambit
    private let state = Lock(State())
    private let ended = Latch()

    package init(_ ambit: Ambit) { self.ambit = ambit }

    /// SIGTERM and SIGINT stop, SIGUSR1 writes the tree to stderr. SIGHUP reads certificates and keys again where there are any; else it
    /// stops like SIGTERM.
    package func handleSignals() {
        guard let reactor = ambit.runtime.reactor else { return }
        for (number, name) in [(SIGTERM, "SIGTERM"), (SIGINT, "SIGINT"), (SIGHUP, "SIGHUP")] {
            reactor.onSignal(number) { [weak self] in
                guard let self else { return }
                if number == SIGHUP, ambit.reloads {
                    ambit.runtime.executor.post { self.ambit.reload(by: name) { _ in } }
                    return
                }
                guard !state.withLock({ $0.isEnding }) else { _exit(128 + number) }
                end(Reason(.shutdown, by: name, signal: number))
            }
        }
        reactor.onSignal(SIGUSR1) { [weak self] in
            guard let ambit = self?.ambit else { return }
            ambit.runtime.executor.post {
                let page = ambit.scopes(ScopeQuery(isText: true))
                page.body.withUnsafeBytes { _ = write(2, $0.baseAddress, $0.count) }
            }
        }
    }

    /// Starts the one close of the server; later calls change nothing.
    package func end(_ reason: Reason, limits: CloseLimits = .server) {
        let isFirst = state.withLock { state in
            defer { state.isEnding = true }
            return !state.isEnding
        }
        guard isFirst else { return }
        ambit.log.write(.info, plugin: nil, "stopping", [("reason", "\(reason)")])
        ambit.stop(reason, limits: limits) { report in
            self.state.withLock { $0.report = report }
            self.ended.open()
        }
    }

    /// The end of a stdio connection ends the server: its client is the only one. Where that still reads, what it has asked for before is
    /// answered first, within the time that draining has (S7); what takes longer is cancelled.
    package func stdioEnded(_ end: StdioTransport.End) {
        if Fault.isOn("stdin-eof-exits-with-live-timers") { return }
        let reason = Reason(.shutdown, by: "stdio", text: "\(end)")
        if end == .outputStalled {
            ambit.log.write(.warning, plugin: nil, "the client does not read its standard input: the connection is given up", [])
        }
        guard end == .endOfInput else { return self.end(reason, limits: .stdioEnd) }
        ambit.answerStdio { spent in
            let limits = CloseLimits.stdioEnd
            self.end(reason, limits: CloseLimits(soft: limits.soft - spent, hard: limits.hard - spent))
        }
    }

    /// Blocks until everything has ended.
    package func wait() -> Report? {
        ended.wait()
        let report = state.withLock { $0.report }
        if let report {
            ambit.log.write(report.isClean ? .info : .warning, plugin: nil, "stopped", [("report", "\(report)")])
        }
        return report
    }
}
