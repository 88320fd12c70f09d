internal import CAmbit
internal import Scopes

/// A resource of a plugin's own kind: acquired and released by the plugin, owned by a scope like any other.
final class PluginOwnResource: Resource, @unchecked Sendable {  // mutable state is behind `life`
    private struct Memory: @unchecked Sendable {  // the plugin's; never read here, no lock needed
        let pointer: UnsafeMutableRawPointer?
    }

    private struct Life: Sendable {
        /// Its release is what a finalizer's action is: it runs once, now or later it is done.
        var machine = FinalizerState()
        var handle: ambit_handle = 0
        var memory = Memory(pointer: nil)
        var isCommitted = false
        var text = ""
        var failure: String?
        var isAbandoned = false
        var isOver = false
    }

    private let own: PluginKind
    private var instance: PluginInstance { own.instance }
    private let life = Lock(Life())

    private init(_ own: PluginKind, label: String) {
        self.own = own
        super.init(own.kind, label: label)
    }

    static func reserve(_ kind: PluginKind, label: String, in entry: ScopeEntry) throws(Refusal) -> ambit_resource {
        let resource = PluginOwnResource(kind, label: label)
        let handle = try HandleTable.shared.insert(.resource, resource, owner: kind.instance.number)
        resource.life.withLock { $0.handle = handle }
        kind.instance.gate.enter()
        do throws(Refusal) {
            try entry.scope.reserveForPlugin(resource)
        } catch {
            HandleTable.shared.remove(handle)
            kind.instance.gate.leave()
            throw error
        }
        return handle
    }

    static func find(_ handle: ambit_resource) throws(Refusal) -> PluginOwnResource {
        guard let resource = HandleTable.shared.object(handle, .resource, as: PluginOwnResource.self) else { throw .stale("resource") }
        return resource
    }

    /// It is acquired. In a closing scope the release is posted before this throws (S4).
    func acquired(_ pointer: UnsafeMutableRawPointer?) throws(Refusal) {
        let isFirst = life.withLock { life -> Bool in
            guard !life.isCommitted else { return false }
            life.isCommitted = true
            life.memory = Memory(pointer: pointer)
            return true
        }
        guard isFirst else { throw .invalid("this resource was committed before") }
        do throws(AcquireError) {
            try commit()
        } catch {
            throw Refusal(error)
        }
    }

    /// Acquiring it failed.
    func notAcquired() throws(Refusal) {
        let isReserved = life.withLock { life -> Bool in
            guard !life.isCommitted else { return false }
            life.isCommitted = true
            life.isOver = true
            return true
        }
        guard isReserved else { throw .invalid("this resource was committed: end it instead") }
        HandleTable.shared.remove(life.withLock { $0.handle })
        withdraw()
        instance.gate.leave()
    }

    func describe(as text: String) { life.withLock { $0.text = text } }

    override var describe: String { life.withLock { $0.text } }

    /// Begins to release it before its scope closes.
    func endEarly() throws(Refusal) {
        guard life.withLock({ $0.isCommitted }) else { throw .invalid("this resource is not acquired yet: withdraw it instead") }
        begin(Reason(.completed, by: instance.name))
    }

    override func cancel(_ reason: Reason) { begin(reason) }
    override func free(_ reason: Reason) { begin(reason) }
    override func undo(_ reason: Reason) { begin(reason) }

    private func begin(_ reason: Reason) {
        guard life.withLock({ $0.machine.handle(.due) }).contains(.post) else { return }
        instance.post { [self] in
            guard life.withLock({ $0.machine.handle(.begins) }).contains(.call) else { return }
            let (handle, memory) = life.withLock { ($0.handle, $0.memory) }
            Bracket.pluginThread.check(instance, "release")
            let code = reason.withForeign { own.release.function(memory.pointer, handle, $0) }
            let outcome: FinalizerState.Outcome
            switch Int(code) {
            case AMBIT_RELEASE_DONE: outcome = .done
            case AMBIT_RELEASE_PENDING: outcome = .pending
            default:
                outcome = .failed
                life.withLock { $0.failure = "its release reported \(code)" }
            }
            if life.withLock({ $0.machine.handle(.returned(outcome)) }).contains(.end) { end() }
        }
    }

    /// A pending release is done.
    func released(_ status: ambit_status) throws(Refusal) {
        let actions = life.withLock { life -> FinalizerState.Actions in
            let actions = life.machine.handle(.finished)
            if !actions.contains(.refused), status != statusOK { life.failure = "its release ended with status \(status)" }
            return actions
        }
        if actions.contains(.refused) {
            throw .invalid("this resource is not being released: `released` ends a release that returned AMBIT_RELEASE_PENDING")
        }
        if actions.contains(.end) { end() }
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

    private func end() {
        let (handle, failure, wasAbandoned) = life.withLock { life in
            life.isOver = true
            return (life.handle, life.failure, life.isAbandoned)
        }
        HandleTable.shared.remove(handle)
        if wasAbandoned { instance.abandonedWorkEnded() }
        ended(failure: failure)
        instance.gate.leave()
    }
}
