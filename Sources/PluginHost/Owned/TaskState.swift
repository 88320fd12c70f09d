/// The life of a plugin's task, with its cancel callback (S16): cancel at most once, never after `finished` was answered unless it
/// runs already; the end exactly once, after the last callback returned. Pure.
struct TaskState: Sendable {
    enum Event: Sendable, CaseIterable {
        /// The host function that starts it is about to return: callbacks may come.
        case started
        /// It could not be started: the plugin keeps its context, nothing is called.
        case refused
        case cancel
        /// The posted cancel callback is about to be called, and has returned.
        case cancelBegins, cancelReturned
        case finished
    }

    struct Actions: OptionSet, Sendable {
        let rawValue: UInt8
        /// Post the cancel callback.
        static let postCancel = Actions(rawValue: 1)
        /// Call it now.
        static let callCancel = Actions(rawValue: 2)
        /// Nothing is called any more: `destroyed`, then the resource ends.
        static let end = Actions(rawValue: 4)
        /// It had finished before.
        static let late = Actions(rawValue: 8)
    }

    private enum Start: Sendable { case starting, started, refused }
    private enum Cancel: Sendable { case none, wanted, posted, running, done }

    private var start = Start.starting
    private var cancel = Cancel.none
    private(set) var isFinished = false

    mutating func handle(_ event: Event) -> Actions {
        switch event {
        case .started:
            guard start == .starting else { return [] }
            start = .started
            guard cancel == .wanted, !isFinished else { return [] }
            cancel = .posted
            return .postCancel
        case .refused:
            guard start == .starting, !isFinished else { return [] }
            start = .refused
            isFinished = true
            return []
        case .cancel:
            guard cancel == .none, !isFinished else { return [] }
            guard start == .started else {
                cancel = .wanted
                return []
            }
            cancel = .posted
            return .postCancel
        case .cancelBegins:
            guard cancel == .posted else { return [] }
            guard !isFinished else {
                cancel = .done
                return []
            }
            cancel = .running
            return .callCancel
        case .cancelReturned:
            guard cancel == .running else { return [] }
            cancel = .done
            return isFinished ? .end : []
        case .finished:
            guard !isFinished else { return .late }
            isFinished = true
            return cancel == .running ? [] : .end
        }
    }
}
