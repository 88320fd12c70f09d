import JSON
import MCP
import Scopes

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

    /// A file is nothing that may be believed: what no task can be is refused.
    ///
    /// - Parameter id: the one that the file is named by.
    init(_ bytes: [UInt8], id: String) throws(Unreadable) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(bytes, limits: .own).root
        } catch {
            throw Unreadable("it is no JSON: \(error)")
        }
        guard let named = root["id"]?.string, let principal = root["principal"]?.string, let tool = root["tool"]?.string,
            let status = root["status"]?.string.flatMap({ TaskStatus(rawValue: $0) }), let createdAt = root["createdAt"]?.int64,
            let updatedAt = root["updatedAt"]?.int64, let timeToLive = root["timeToLive"]?.int64
        else { throw Unreadable("it is no task") }
        guard named == id else { throw Unreadable("it is named otherwise than its task") }
        let latest = Monotonic.unixNow() + Self.clockError
        guard (0...latest).contains(createdAt), (0...latest).contains(updatedAt), (1...Self.maximalTime).contains(timeToLive) else {
            throw Unreadable("its times are none that a task can have")
        }
        guard status != .completed || root["outcome"]?.kind == .object, status != .failed || root["outcome"]?.kind == .object else {
            throw Unreadable("it has ended and has no outcome")
        }
        snapshot = TaskSnapshot(
            id: id, status: status, message: root["message"]?.string, createdAt: createdAt, updatedAt: updatedAt, timeToLive: timeToLive,
            outcome: root["outcome"])
        self.principal = principal
        self.tool = tool
    }

    struct Unreadable: Error {
        let why: String
        init(_ why: String) { self.why = why }
    }

    /// How far the clock may have been set back since a task was written: a day.
    private static let clockError: Int64 = 86_400_000_000_000
    /// The longest that `task-ttl` can be: 30 days.
    private static let maximalTime: Int64 = 30 * 86_400_000_000_000

    /// The task of an earlier run: one that it had not finished has failed.
    func task() -> CallTask {
        let task = CallTask(snapshot, principal: principal, tool: tool, call: nil)
        guard !snapshot.status.isFinal else { return task }
        let error = ProtocolError.ended("the server was restarted while this task ran; call \(tool) again")
        _ = task.finish(.failed, error.message, MessageEncoder.taskOutcome(error))
        return task
    }
}
