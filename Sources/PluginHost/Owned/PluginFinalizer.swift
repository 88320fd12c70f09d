internal import CAmbit
internal import Scopes

/// A clean-up action of a plugin, in drain or in free (S6).
final class PluginFinalizer: PluginAction, @unchecked Sendable {  // constants only; the callbacks are the plugin's
    typealias Run = @convention(c) (UnsafeMutableRawPointer?, ambit_finalizer, UnsafePointer<ambit_reason>?) -> Int32

    private let inDrain: Bool
    private let run: ForeignCallback<Run>
    private let destroyed: ForeignCallback<ContextFunction?>

    private init(_ options: ambit_finalizer_options, label: String, instance: PluginInstance) throws(Refusal) {
        switch Int(options.phase) {
        case AMBIT_PHASE_DRAIN: inDrain = true
        case AMBIT_PHASE_FREE: inDrain = false
        default:
            throw .invalid("options.phase is \(options.phase): it is AMBIT_PHASE_DRAIN or AMBIT_PHASE_FREE")
        }
        run = try ForeignCallback(options.context, required: options.run, "options.run")
        destroyed = ForeignCallback(options.context, options.destroyed)
        super.init(
            .finalizer, label: label, instance: instance,
            words: Words(
                action: "run", reported: "it reported",
                notRunning: "this finalizer does not run: `finished` ends one that returned AMBIT_FINALIZER_PENDING"))
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

    override func call(_ handle: ambit_handle, _ reason: Reason) -> Int32 {
        reason.withForeign { run.function(run.context, handle, $0) }
    }

    /// Takes it back: it never runs.
    func remove() throws(Refusal) {
        let actions = life.withLock { $0.machine.handle(.remove) }
        if actions.contains(.refused) { throw Refusal(.closed, "its scope closes: the finalizer runs or has run") }
        HandleTable.shared.remove(life.withLock { $0.handle })
        PluginJob.afterwards(instance) { [self] in end() }
    }

    override func over(_ handle: ambit_handle) {
        destroyed.function?(destroyed.context)
        instance.releaseWaits.ended(handle)
    }
}
