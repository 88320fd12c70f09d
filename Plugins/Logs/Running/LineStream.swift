internal import AmbitPlugin

/// Sends a process's lines to the client of a call, each as a log message and as progress, in order and once.
///
/// The client sets the pace: a slow one is waited for, and the store goes on without it. What it then misses is counted and told.
struct LineStream: Sendable {
    let call: Call
    let store: ProcessStore
    let id: String

    struct Outcome {
        let end: FollowEnd
        /// The last line that the client was told or has missed.
        let cursor: Int
        let delivered: Int
        /// Lines that this client was too slow for.
        let dropped: Int

        init(_ follower: Follower, _ end: FollowEnd, missed: Int) {
            self.end = end
            cursor = follower.cursor
            delivered = follower.delivered - missed
            dropped = follower.dropped + missed
        }
    }

    /// Ends with the process, with the follower's line limit, or after `seconds`; throws `CancellationError` when the call ends.
    func run(_ follower: Follower, seconds: Double?) async throws -> Outcome {
        let wake = try Wake(call, topic: Topic.lines(id), seconds: seconds)
        defer { wake.close() }
        var follower = follower
        var progress = LineProgress(call)
        var data = LineData(process: id)
        while true {
            let batch = store.follow(id, after: follower.cursor, filter: follower.filter, limit: follower.wanted)
            for step in follower.take(batch) {
                switch step {
                case .line(let line): try await progress.send(line.text, data: data.text(of: line))
                case .gap(let count): try await progress.send("… \(count) lines dropped …", data: gap(count))
                case .end(let end): return Outcome(follower, end, missed: progress.missed)
                case .wait where wake.isOver, .again where wake.isOver: return Outcome(follower, .seconds, missed: progress.missed)
                case .wait: try await wake.wait()
                case .again: try Task.checkCancellation()
                }
            }
        }
    }

    private func gap(_ count: Int) -> String {
        JSON.object(["process": .string(id), "gap": JSON(count), "text": .string("… \(count) lines dropped …")]).text
    }
}
