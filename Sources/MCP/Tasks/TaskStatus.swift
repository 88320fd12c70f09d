/// Where a call that became a task is (tasks extension, DIGEST 1.17). The last three are final.
package enum TaskStatus: String, Sendable {
    case working
    case inputRequired = "input_required"
    case completed
    case failed
    case cancelled

    package var isFinal: Bool {
        switch self {
        case .working, .inputRequired: false
        case .completed, .failed, .cancelled: true
        }
    }
}
