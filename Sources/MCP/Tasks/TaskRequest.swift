import JSON

/// The parameters of `tasks/get` and `tasks/cancel`; those of `tasks/update` have answers as well (``InputResponses``).
package struct TaskRequest: Sendable, Equatable {
    package let id: String

    package static func parse(_ inbound: Inbound) -> Result<TaskRequest, ProtocolError> {
        guard let id = inbound.params?["taskId"]?.string else { return .failure(.invalidParams("taskId must be a string")) }
        return .success(TaskRequest(id: id))
    }
}
