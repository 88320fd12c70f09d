package import JSON

/// Messages of the tasks extension (DIGEST 1.17).
extension MessageEncoder {
    /// The answer to a `tools/call` that goes on as a task. The empty content is for clients that read every answer as a tool's.
    package func taskCreated(id: RequestID, _ task: TaskSnapshot) -> [UInt8] {
        result(id: id, type: "task", reserving: 384) { writer in
            task.write(to: &writer)
            writer.key("content")
            writer.beginArray()
            writer.endArray()
        }
    }

    /// The answer to `tasks/get`.
    package func task(id: RequestID, _ task: TaskSnapshot) -> [UInt8] {
        result(id: id, reserving: 512) { writeDetailed(task, to: &$0) }
    }

    /// `notifications/tasks`, on a listen only.
    package func taskChanged(_ task: TaskSnapshot, subscription: RequestID) -> [UInt8] {
        notification("notifications/tasks") { writer in
            writeDetailed(task, to: &writer)
            meta(subscription, to: &writer)
        }
    }

    /// What a completed task gives: the result as its call would have had it.
    package func taskOutcome(_ result: CallResult) -> JSONValue {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writeMembers(of: result, to: &writer)
        writer.member("_meta", result.meta)
        writer.endObject()
        return .written(writer)
    }

    /// What a failed one gives: code, message and data.
    package static func taskOutcome(_ error: ProtocolError) -> JSONValue {
        var writer = JSONWriter(reserving: 128)
        error.write(to: &writer)
        return .written(writer)
    }

    private func writeDetailed(_ task: TaskSnapshot, to writer: inout JSONWriter) {
        task.write(to: &writer)
        switch task.status {
        case .working, .cancelled: break
        case .inputRequired:
            writer.key("inputRequests")
            write(task.questions, to: &writer)
        case .completed: writer.member("result", task.outcome)
        case .failed: writer.member("error", task.outcome)
        }
    }
}
