internal import PluginHost
internal import Scopes

extension TestHost {
    /// Moves the manual clock. Timers fire on the way, in order, and what they set off runs before the clock goes on.
    public func advance(by duration: Duration) async throws(TestHostError) {
        guard time == .manual else {
            throw TestHostError("advance(by:) needs a host with `time: .manual`; this one goes by the machine's clock")
        }
        let (seconds, attoseconds) = duration.components
        let target = runtime.now + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        while true {
            await settle()
            guard let deadline = runtime.timers.firstDeadline(), deadline <= target else { break }
            runtime.advance(by: max(0, deadline - runtime.now))
        }
        runtime.advance(by: max(0, target - runtime.now))
        await settle()
    }

    /// Waits until nothing of plugin and host runs: until all that is left to do waits for the clock, a client, a process or something outside.
    /// False when there is still work after `limit` of real time.
    @discardableResult
    public func settle(within limit: Duration = .milliseconds(200)) async -> Bool {
        let end = ContinuousClock.now + limit
        while true {
            let first = activity
            if first.isIdle, activity == first { return true }
            if ContinuousClock.now > end { return false }
            await pause()
        }
    }

    /// Something of the plugin ends when time passes. (Limits of calls and sessions do so, too, but nobody waits for them.)
    var waitsForTime: Bool { count(of: "timer") > 0 || count(of: "reply") > 0 }

    private var activity: Activity { plugin.executor.activity + plugin.blocking.activity + runtime.executor.activity }

    /// Before a condition is looked at again.
    func pause() async { try? await Task.sleep(for: .microseconds(200)) }

    /// Lets work and, on a manual clock, time go on until a condition holds. The clock jumps to the next deadline whenever nothing runs, but not
    /// beyond the instant that `horizon` gives. False when `limit` of real time is over.
    func run(
        until done: () -> Bool, horizon: () -> Int64, within limit: Duration
    ) async -> Bool {
        let end = ContinuousClock.now + limit
        while !done() {
            await settle(within: .milliseconds(50))
            if done() { break }
            if time == .manual, let deadline = runtime.timers.firstDeadline(), deadline <= horizon() {
                runtime.advance(by: max(0, deadline - runtime.now))
                continue
            }
            if ContinuousClock.now > end { return false }
            await pause()
        }
        return true
    }
}
