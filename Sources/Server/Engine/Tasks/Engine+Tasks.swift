import JSON
import MCP
import Scopes
import Transport

/// `tasks/get`, `tasks/update` and `tasks/cancel` (DIGEST 1.17).
extension Engine {
    func getTask(_ request: ServedRequest) {
        guard let task = task(of: request) else { return }
        request.sink.finish(encoder(for: request.context.version).task(id: request.id, task.snapshot), status: 200)
    }

    func updateTask(_ request: ServedRequest) {
        guard let task = task(of: request) else { return }
        guard request.inbound.inputResponses != nil else {
            return refuse(request, .invalidParams("inputResponses must be an object"))
        }
        switch InputResponses.parse(request.inbound) {
        case .failure(let error): refuse(request, error)
        case .success(let responses):
            if let limit = task.call?.answer(responses, task) { return refuse(request, .limit(limit)) }
            acknowledge(request)
        }
    }

    /// Cooperative: one that is final stays what it is.
    func cancelTask(_ request: ServedRequest) {
        guard let task = task(of: request) else { return }
        task.call?.end(Reason(.cancelled, by: CallExchange.byClient))
        acknowledge(request)
    }

    /// The client's task that a request names; nil where it was refused.
    private func task(of request: ServedRequest) -> CallTask? {
        guard request.context.client.declares(extension: TaskSnapshot.extensionID) else {
            refuse(request, .missingTasks)
            return nil
        }
        switch TaskRequest.parse(request.inbound) {
        case .failure(let error): refuse(request, error)
        case .success(let wanted):
            if let task = tasks.find(wanted.id, of: request.origin.peer.principal) { return task }
            refuse(request, .unknownTask)
        }
        return nil
    }
}
