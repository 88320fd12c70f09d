package import PluginHost

/// What clients can make the engine hold or do, with defaults. Times in nanoseconds.
package struct EngineLimits: Sendable {
    /// Calls whose handler runs, of all clients.
    package var calls = 4096
    package var sessions = SessionLimits()
    /// Streams outside of requests (legacy GET, listen), of all clients; those of one session.
    package var streams = 1024
    package var streamsPerSession = 8
    /// Resources whose change waits to be told, of one listen or session.
    package var pendingEvents = 1024
    /// A legacy session without activity for so long is closed.
    package var sessionIdle: Int64 = 1_800_000_000_000
    /// A legacy call goes on for so long after its client is gone.
    package var detachGrace: Int64 = 2_000_000_000
    /// The same where its client can resume the stream.
    package var resumeGrace: Int64 = 30_000_000_000
    /// What a legacy session keeps for that.
    package var replay = ReplayLimits()
    /// Messages in one batch of 2025-03-26.
    package var batch = 100
    /// How long requests wait for the plugins to be loaded.
    package var readiness: Int64 = 15_000_000_000
    /// Calls a second of one tool, of all clients, and how many may come at once.
    package var callRate: Double = 100_000
    package var callBurst: Double = 100_000

    /// Calls that wait for the next request of a modern client, and how long any client may take to answer a question.
    package var suspended = SuspendedCalls.Limits()

    package var tasks = CallTasks.Limits()

    /// Entries on a page of a list.
    package var pageSize = 500

    package init() {}
}
