package import JSON

/// What can be said of a task at one moment (DIGEST 1.17). Times are Unix epoch, nanoseconds; durations nanoseconds.
package struct TaskSnapshot: Sendable {
    package static let extensionID: StaticString = "io.modelcontextprotocol/tasks"

    package let id: String
    package var status: TaskStatus
    /// What its handler said last of its progress, or why it ended.
    package var message: String?
    package let createdAt: Int64
    package var updatedAt: Int64
    /// Counted from its creation: so long it can be asked for.
    package let timeToLive: Int64
    /// What its client is asked.
    package var questions: [InputRequest] = []
    /// Where it is final: the result of the call where it completed, the error where it failed.
    package var outcome: JSONValue?

    package init(
        id: String, status: TaskStatus = .working, message: String? = nil, createdAt: Int64, updatedAt: Int64, timeToLive: Int64,
        outcome: JSONValue? = nil
    ) {
        self.id = id
        self.status = status
        self.message = message
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.timeToLive = timeToLive
        self.outcome = outcome
    }

    /// Int64.max: never.
    package var expiresAt: Int64 {
        let (sum, overflow) = createdAt.addingReportingOverflow(timeToLive)
        return overflow ? .max : sum
    }

    /// How often it is worth asking for it.
    private static let pollInterval: Int64 = 500_000_000

    /// The fields that every message of a task has.
    func write(to writer: inout JSONWriter) {
        writer.member("taskId", id)
        writer.member("status", status.rawValue)
        writer.member("statusMessage", message)
        writer.member("createdAt", Timestamp.text(createdAt))
        writer.member("lastUpdatedAt", Timestamp.text(updatedAt))
        writer.key("ttlMs")
        writer.int(Int(timeToLive / 1_000_000))
        writer.key("pollIntervalMs")
        writer.int(Int(Self.pollInterval / 1_000_000))
    }
}
