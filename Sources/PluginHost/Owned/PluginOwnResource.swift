internal import CAmbit
internal import Scopes

/// A resource of a plugin's own kind: acquired and released by the plugin, owned by a scope like any other.
final class PluginOwnResource: PluginAction, @unchecked Sendable {  // mutable state is behind `acquisition`
    private struct Memory: @unchecked Sendable {  // the plugin's; never read here, no lock needed
        let pointer: UnsafeMutableRawPointer?
    }

    private struct Acquisition: Sendable {
        var memory = Memory(pointer: nil)
        /// It was committed or withdrawn.
        var isSettled = false
        var text = ""
    }

    private let own: PluginKind
    private let acquisition = Lock(Acquisition())

    private init(_ own: PluginKind, label: String) {
        self.own = own
        super.init(
            own.kind, label: label, instance: own.instance,
            words: Words(
                action: "release", reported: "its release reported",
                notRunning: "this resource is not being released: `released` ends a release that returned AMBIT_RELEASE_PENDING"))
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
        let isFirst = acquisition.withLock { acquisition -> Bool in
            guard !acquisition.isSettled else { return false }
            acquisition.isSettled = true
            acquisition.memory = Memory(pointer: pointer)
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
        let isReserved = acquisition.withLock { acquisition -> Bool in
            defer { acquisition.isSettled = true }
            return !acquisition.isSettled
        }
        guard isReserved else { throw .invalid("this resource was committed: end it instead") }
        HandleTable.shared.remove(
            life.withLock { life in
                life.isOver = true
                return life.handle
            })
        withdraw()
        instance.gate.leave()
    }

    func describe(as text: String) { acquisition.withLock { $0.text = text } }

    override var describe: String { acquisition.withLock { $0.text } }

    /// Begins to release it before its scope closes.
    func endEarly() throws(Refusal) {
        guard acquisition.withLock({ $0.isSettled }) else { throw .invalid("this resource is not acquired yet: withdraw it instead") }
        due(Reason(.completed, by: instance.name))
    }

    override func cancel(_ reason: Reason) { due(reason) }
    override func free(_ reason: Reason) { due(reason) }
    override func undo(_ reason: Reason) { due(reason) }

    override func call(_ handle: ambit_handle, _ reason: Reason) -> Int32 {
        let memory = acquisition.withLock { $0.memory }
        return reason.withForeign { own.release.function(memory.pointer, handle, $0) }
    }
}
