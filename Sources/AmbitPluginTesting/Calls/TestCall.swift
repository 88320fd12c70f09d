internal import PluginHost
internal import Scopes

/// A call under way.
public final class TestCall: Sendable {
    private let host: TestHost
    private let sink: TestSink
    private let handle: CallHandle?

    init(_ host: TestHost, _ sink: TestSink, _ handle: CallHandle?) {
        self.host = host
        self.sink = sink
        self.handle = handle
    }

    /// What came so far.
    public var progress: [TestResult.Progress] { sink.progress }
    public var logs: [TestResult.Log] { sink.logs }

    /// It has an outcome.
    public var isFinished: Bool { sink.outcome != nil }

    /// The client doesn't want the result any more.
    public func cancel() { handle?.cancel(Scopes.Reason(.cancelled, by: "client")) }

    /// The client is gone.
    public func disconnect() { handle?.cancel(Scopes.Reason(.disconnected, by: "client")) }

    /// The client stops reading: progress is dropped, logs wait.
    public func stopReading() { sink.read(false) }

    public func resumeReading() { sink.read(true) }

    /// Waits for the outcome. On a manual clock it lets time pass as soon as nothing else is left to wait for.
    ///
    /// Throws `TestCallError`.
    public func result(within limit: Duration = .seconds(30)) async throws -> TestResult {
        _ = await host.run(
            until: { self.isFinished }, horizon: { self.host.waitsForTime ? .max : 0 }, within: limit)
        guard let result = sink.result else { throw TestCallError.stuck(host.tree) }
        return try result.get()
    }

    /// Waits, without moving a manual clock, until so many progress reports have come. False after `limit` of real time, or when the call has
    /// ended before.
    @discardableResult
    public func progress(reaches count: Int, within limit: Duration = .seconds(10)) async -> Bool {
        _ = await host.run(
            until: { self.isFinished || self.progress.count >= count }, horizon: { 0 }, within: limit)
        return progress.count >= count
    }
}
