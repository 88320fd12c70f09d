internal import PluginHost
internal import Scopes

/// Runs `body`, and throws a `LeakReport` when anything is left that was not there before: in the hosts that `body` makes, which are closed at its
/// end at the latest, and in this process: descriptors, children, and threads of the plugins.
///
///     @Test func clockLeavesNothing() async throws {
///         try await expectNoLeaks {
///             let host = try TestHost(Clock.self)
///             let call = try host.start("clock_tick", ["times": 100])
///             try await host.advance(by: .seconds(3))
///             call.cancel()
///         }
///     }
///
/// It judges the whole process, so let nothing else open files at the same time (`.serialized`). Works in XCTest as well. What `body` throws is passed on.
public func expectNoLeaks<R>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
) async throws -> R {
    let watch = LeakWatch()
    // Swift opens descriptors of its own when a task first sleeps on a clock, and keeps them.
    try? await Task.sleep(for: .milliseconds(2), clock: .continuous)
    try? await Task.sleep(for: .milliseconds(2), clock: .suspending)
    let before = ProcessSnapshot()
    let result: Result<R, any Error>
    do {
        result = .success(try await LeakWatch.$current.withValue(watch) { try await body() })
    } catch {
        result = .failure(error)
    }
    var reports: [LeakReport] = []
    for host in watch.hosts {
        if let report = await host.closeOnce() { reports.append(report) }
    }
    let value = try result.get()
    var findings = reports.flatMap(\.findings)
    findings += await processFindings(since: before, threadsOf: watch.hosts)
    if !findings.isEmpty { throw LeakReport(findings, tree: reports.map(\.tree).joined()) }
    return value
}

/// What is new and stays. Threads and processes need a moment to be gone for the system after they have ended.
private func processFindings(since before: ProcessSnapshot, threadsOf hosts: [TestHost]) async -> [String] {
    // The system cuts names of threads.
    let names = Set(hosts.flatMap { [$0.plugin.name, "\($0.plugin.name)-blocking"] }.map { String($0.prefix(15)) })
    var news = ProcessSnapshot().news(since: before, threads: names)
    let end = ContinuousClock.now + .seconds(5)
    while !news.isEmpty, ContinuousClock.now < end {
        try? await Task.sleep(for: .milliseconds(2))
        news.formIntersection(ProcessSnapshot().news(since: before, threads: names))
    }
    return news.map(\.name).sorted()
}

extension TestHost {
    /// Runs `body` against this host while it goes on, and throws a `LeakReport` when a scope, resource or handle is there after it that was not there
    /// before. For what must not outlive a call or a session; `close` judges what must not outlive the plugin.
    public func expectNoLeaks<R>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
    ) async throws -> R {
        let before = HostSnapshot(self)
        let result = try await body()
        // First in real time; then, on a manual clock, what ignores its cancellation meets its deadline.
        let patience = ContinuousClock.now + .seconds(1)
        let horizon = runtime.now + 30_000_000_000
        _ = await run(
            until: { HostSnapshot(self).findings(since: before, self).isEmpty },
            horizon: { ContinuousClock.now > patience ? horizon : 0 }, within: .seconds(time == .manual ? 2 : 12))
        let findings = HostSnapshot(self).findings(since: before, self)
        if !findings.isEmpty { throw LeakReport(findings, tree: tree) }
        return result
    }
}
