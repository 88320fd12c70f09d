internal import CAmbit
internal import Scopes

/// A clean-up action of a plugin, in drain or in free (S6).
final class PluginFinalizer: Resource, @unchecked Sendable {  // mutable state is behind `life`; the callbacks are the plugin's
    typealias Run = @convention(c) (UnsafeMutableRawPointer?, ambit_finalizer, UnsafePointer<ambit_reason>?) -> Int32

    private struct Life: Sendable {
        var machine = FinalizerState()
        var handle: ambit_handle = 0
        var failure: String?
        /// Given up while it ran (S9), and: nothing of it is called any more.
        var isAbandoned = false
        var isOver = false
    }

    let instance: PluginInstance
    private let inDrain: Bool
    private let run: ForeignCallback<Run>
    private let destroyed: ForeignCallback<ContextFunction?>
    private let life = Lock(Life())

    private init(_ options: ambit_finalizer_options, label: String, instance: PluginInstance) throws(Refusal) {
        self.instance = instance
        switch Int(options.phase) {
        case AMBIT_PHASE_DRAIN: inDrain = true
        case AMBIT_PHASE_FREE: inDrain = false
        default:
            throw .invalid("options.phase is \(options.phase): it is AMBIT_PHASE_DRAIN or AMBIT_PHASE_FREE")
        }
        run = try ForeignCallback(options.context, required: options.run, "options.run")
        destroyed = ForeignCallback(options.context, options.destroyed)
        super.init(.finalizer, label: label)
    }

    static func register(
        _ options: UnsafePointer<ambit_finalizer_options>?, in entry: ScopeEntry
    ) throws(Refusal) -> ambit_handle {
        let options = try Structs.read(options, "options")
        let instance = entry.instance
        let finalizer = try PluginFinalizer(options, label: try options.label.string("options.label"), instance: instance)
        let handle = try HandleTable.shared.insert(.finalizer, finalizer, owner: instance.number)
        finalizer.life.withLock { $0.handle = handle }
        instance.gate.enter()
        do throws(Refusal) {
            try entry.scope.addForPlugin(finalizer)
        } catch {
            HandleTable.shared.remove(handle)
            instance.gate.leave()
            throw error
        }
        return handle
    }

    static func find(_ handle: ambit_handle) throws(Refusal) -> PluginFinalizer {
        guard let finalizer = HandleTable.shared.object(handle, .finalizer, as: PluginFinalizer.self) else {
            throw .stale("finalizer")
        }
        return finalizer
    }

    override var phase: Kind.Phase { inDrain ? .reap : .free }

    override func drain(_ reason: Reason) -> Bool {
        guard inDrain else { return false }
        due(reason)
        return true
    }

    /// Its time never came, or it still runs and ends later.
    override func cancel(_ reason: Reason) {
        guard life.withLock({ $0.machine.handle(.skip) }).contains(.end) else { return }
        instance.post { [self] in end() }
    }

    override func free(_ reason: Reason) { due(reason) }

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

    private func due(_ reason: Reason) {
        guard life.withLock({ $0.machine.handle(.due) }).contains(.post) else { return }
        instance.post { [self] in
            guard life.withLock({ $0.machine.handle(.begins) }).contains(.call) else { return }
            Bracket.pluginThread.check(instance, "run")
            let code = reason.withForeign { run.function(run.context, life.withLock { $0.handle }, $0) }
            let outcome: FinalizerState.Outcome
            switch Int(code) {
            case AMBIT_FINALIZER_DONE: outcome = .done
            case AMBIT_FINALIZER_PENDING: outcome = .pending
            default:
                outcome = .failed
                life.withLock { $0.failure = "it reported \(code)" }
            }
            if life.withLock({ $0.machine.handle(.returned(outcome)) }).contains(.end) { end() }
        }
    }

    /// The pending action is done; `status` says how.
    func finished(_ status: ambit_status) throws(Refusal) {
        let actions = life.withLock { life -> FinalizerState.Actions in
            let actions = life.machine.handle(.finished)
            if !actions.contains(.refused), status != statusOK { life.failure = "it ended with status \(status)" }
            return actions
        }
        if actions.contains(.refused) {
            throw .invalid("this finalizer does not run: `finished` ends one that returned AMBIT_FINALIZER_PENDING")
        }
        if actions.contains(.end) { PluginJob.afterwards(instance) { [self] in end() } }
    }

    /// Takes it back: it never runs.
    func remove() throws(Refusal) {
        let actions = life.withLock { $0.machine.handle(.remove) }
        if actions.contains(.refused) { throw Refusal(.closed, "its scope closes: the finalizer runs or has run") }
        HandleTable.shared.remove(life.withLock { $0.handle })
        PluginJob.afterwards(instance) { [self] in end() }
    }

    private func end() {
        let (handle, failure) = life.withLock { ($0.handle, $0.failure) }
        HandleTable.shared.remove(handle)
        destroyed.function?(destroyed.context)
        instance.releaseWaits.ended(handle)
        let wasAbandoned = life.withLock { life in
            life.isOver = true
            return life.isAbandoned
        }
        if wasAbandoned { instance.abandonedWorkEnded() }
        ended(failure: failure)
        instance.gate.leave()
    }
}
