/// The life of what is shared under one key, as a pure machine: built once, held by a count, closed with its last holder.
///
/// Holders and waiters are numbers. While it closes nothing is built in its place: what it holds (a port, a lock) is still taken.
struct LeaseState: Sendable, Equatable {
    enum Event: Sendable, Equatable {
        /// `scopeIsOpen`: whether the scope of what is shared is still open.
        case acquire(UInt64, scopeIsOpen: Bool)
        case built
        /// The build has failed, or could not begin.
        case failed
        /// A waiter goes, or a holder.
        case leave(UInt64)
        /// The scope of what is shared is closed, whoever closed it.
        case scopeClosed
    }

    struct Action: Sendable, Equatable {
        /// These hold it from now on.
        var grant: [UInt64] = []
        /// These wait in vain.
        var fail: [UInt64] = []
        /// These held it, and it is gone.
        var lost: [UInt64] = []
        /// Open a scope and build in it.
        var build = false
        var closeScope = false
        /// Nothing is left under the key.
        var forget = false
    }

    private enum Stage: Sendable, Equatable { case absent, building, ready, closing }

    private var stage = Stage.absent
    private(set) var waiters: [UInt64] = []
    private(set) var holders: Set<UInt64> = []
    /// Nothing is shared under the key.
    var isAbsent: Bool { stage == .absent }
    var isBuilding: Bool { stage == .building }

    mutating func handle(_ event: Event) -> Action {
        switch event {
        case .acquire(let name, let scopeIsOpen):
            switch stage {
            case .absent:
                waiters = [name]
                stage = .building
                return Action(build: true)
            case .ready where scopeIsOpen:
                holders.insert(name)
                return Action(grant: [name])
            case .ready:
                stage = .closing
                waiters.append(name)
            case .building, .closing: waiters.append(name)
            }
            return Action()
        case .built:
            guard stage == .building else { return Action() }
            stage = .ready
            defer { waiters = [] }
            holders = Set(waiters)
            return Action(grant: waiters)
        case .failed:
            guard stage == .building else { return Action() }
            stage = .closing
            defer { waiters = [] }
            return Action(fail: waiters, closeScope: true)
        case .leave(let name):
            waiters.removeAll { $0 == name }
            holders.remove(name)
            guard stage == .building && waiters.isEmpty || stage == .ready && holders.isEmpty else { return Action() }
            stage = .closing
            return Action(closeScope: true)
        case .scopeClosed: return closed()
        }
    }

    private mutating func closed() -> Action {
        var action = Action(lost: holders.sorted())
        holders = []
        switch stage {
        case .building:
            action.fail = waiters
            waiters = []
        case .closing where !waiters.isEmpty:
            stage = .building
            action.build = true
            return action
        case .absent, .ready, .closing: break
        }
        stage = .absent
        action.forget = true
        return action
    }
}
