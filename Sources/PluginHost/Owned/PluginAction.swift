internal import CAmbit
internal import Scopes

/// What a scope lets a plugin do at an end: a clean-up action, or the release of a resource of its own kind. It is called at most once, on the
/// plugin's executor, and is done then or later (S8, S9, S16).
class PluginAction: Resource, @unchecked Sendable {  // mutable state is behind `life`
    struct Life: Sendable {
        var machine = FinalizerState()
        var handle: ambit_handle = 0
        var failure: String?
        /// Given up while it ran (S9), and: nothing of it is called any more.
        var isAbandoned = false
        var isOver = false
    }

    /// What its kind of action is called in messages.
    struct Words: Sendable {
        let action: StaticString
        let reported: StaticString
        let notRunning: StaticString
    }

    let instance: PluginInstance
    let life = Lock(Life())
    private let words: Words

    init(_ kind: Kind, label: String, instance: PluginInstance, words: Words) {
        self.instance = instance
        self.words = words
        super.init(kind, label: label)
    }

    /// Calls the plugin: 0 is done, 1 goes on until `finished`, everything else failed. AMBIT_FINALIZER_… and AMBIT_RELEASE_… agree on that.
    func call(_ handle: ambit_handle, _ reason: Reason) -> Int32 { preconditionFailure("each kind of action has its own call") }

    /// What else goes when it is over.
    func over(_ handle: ambit_handle) {}

    /// Its time has come: posts the call, once.
    func due(_ reason: Reason) {
        guard life.withLock({ $0.machine.handle(.due) }).contains(.post) else { return }
        instance.post { [self] in
            guard life.withLock({ $0.machine.handle(.begins) }).contains(.call) else { return }
            Bracket.pluginThread.check(instance, words.action)
            let code = call(life.withLock { $0.handle }, reason)
            let outcome: FinalizerState.Outcome
            switch Int(code) {
            case AMBIT_FINALIZER_DONE: outcome = .done
            case AMBIT_FINALIZER_PENDING: outcome = .pending
            default:
                outcome = .failed
                life.withLock { $0.failure = "\(words.reported) \(code)" }
            }
            if life.withLock({ $0.machine.handle(.returned(outcome)) }).contains(.end) { end() }
        }
    }

    /// What was pending is done; `status` says how.
    func finished(_ status: ambit_status) throws(Refusal) {
        let actions = life.withLock { life -> FinalizerState.Actions in
            let actions = life.machine.handle(.finished)
            if !actions.contains(.refused), status != statusOK { life.failure = "it ended with status \(status)" }
            return actions
        }
        if actions.contains(.refused) { throw .invalid("\(words.notRunning)") }
        if actions.contains(.end) { PluginJob.afterwards(instance) { [self] in end() } }
    }

    override func abandoned(_ reason: Reason) {
        let isRunning = life.withLock { life in
            guard !life.isOver else { return false }
            life.isAbandoned = true
            // Counted before it can end.
            instance.workAbandoned()
            return life.machine.isRunning
        }
        if isRunning { instance.threadAbandoned(blocking: false) }
    }

    func end() {
        let (handle, failure) = life.withLock { ($0.handle, $0.failure) }
        HandleTable.shared.remove(handle)
        over(handle)
        let wasAbandoned = life.withLock { life in
            life.isOver = true
            return life.isAbandoned
        }
        if wasAbandoned { instance.abandonedWorkEnded() }
        ended(failure: failure)
        instance.gate.leave()
    }
}
