import JSON
import MCP

/// A task as it is on disk.
struct StoredTask: Sendable {
    let snapshot: TaskSnapshot
    let principal: String
    let tool: String

    init(_ task: CallTask) {
        snapshot = task.snapshot
        principal = task.principal
        tool = task.tool
    }

    var expiresAt: Int64 { snapshot.createdAt + snapshot.timeToLive }

    func written() -> [UInt8] {
        var writer = JSONWriter(reserving: 512 + (snapshot.outcome?.raw.count ?? 0))
        writer.beginObject()
        writer.key("id")
        writer.string(snapshot.id)
        writer.key("principal")
        writer.string(principal)
        writer.key("tool")
        writer.string(tool)
        writer.key("status")
        writer.string(snapshot.status.rawValue)
        if let message = snapshot.message {
            writer.key("message")
            writer.string(message)
        }
        writer.key("createdAt")
        writer.int(Int(snapshot.createdAt))
        writer.key("updatedAt")
        writer.int(Int(snapshot.updatedAt))
        writer.key("timeToLive")
        writer.int(Int(snapshot.timeToLive))
        if let outcome = snapshot.outcome {
            writer.key("outcome")
            writer.raw(outcome)
        }
        writer.endObject()
        return writer.bytes
    }

    /// Nil: not a task, or not whole.
    init?(_ bytes: [UInt8]) {
        guard let root = try? JSONDocument(bytes).root, let id = root["id"]?.string, let principal = root["principal"]?.string,
            let tool = root["tool"]?.string, let status = root["status"]?.string.flatMap({ TaskStatus(rawValue: $0) }),
            let createdAt = root["createdAt"]?.int64, let updatedAt = root["updatedAt"]?.int64,
            let timeToLive = root["timeToLive"]?.int64
        else { return nil }
        snapshot = TaskSnapshot(
            id: id, status: status, message: root["message"]?.string, createdAt: createdAt, updatedAt: updatedAt, timeToLive: timeToLive,
            outcome: root["outcome"])
        self.principal = principal
        self.tool = tool
    }

    /// The task of an earlier run: one that it had not finished has failed.
    func task() -> CallTask {
        let task = CallTask(snapshot, principal: principal, tool: tool, call: nil)
        guard !snapshot.status.isFinal else { return task }
        let error = ProtocolError.internalError("the server was restarted while this task ran; call \(tool) again")
        _ = task.finish(.failed, error.message, MessageEncoder.taskOutcome(error))
        return task
    }
}
