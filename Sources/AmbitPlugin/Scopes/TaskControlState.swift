/// Between the scope, which may cancel a task before it is even made, and the task, which may end before anybody kept it.
///
/// Pure. Of `started`, `cancel` and `ended` in any order, exactly one gives the task to cancel, and only before it has ended.
struct TaskControlState<Work> {
    private enum Phase {
        case reserved(cancelled: Bool)
        case running(Work)
        case done
    }

    private var phase = Phase.reserved(cancelled: false)

    /// The work exists. Gives it back when it is to be cancelled right away.
    mutating func started(_ work: Work) -> Work? {
        switch phase {
        case .reserved(cancelled: false):
            phase = .running(work)
            return nil
        case .reserved(cancelled: true):
            phase = .done
            return work
        case .running, .done:
            return nil
        }
    }

    /// Gives the work to cancel.
    mutating func cancel() -> Work? {
        switch phase {
        case .reserved:
            phase = .reserved(cancelled: true)
            return nil
        case .running(let work):
            phase = .done
            return work
        case .done:
            return nil
        }
    }

    mutating func ended() { phase = .done }
}
