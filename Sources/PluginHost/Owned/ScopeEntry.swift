internal import CAmbit
internal import Scopes

/// A scope as one plugin instance sees it: its handle, and the handles of what lives in it.
///
/// All of them are taken away when the scope has closed (S18).
final class ScopeEntry: Sendable {
    let scope: Scope
    let instance: PluginInstance
    /// Whether the plugin opened it, and so may close it.
    let isOwn: Bool
    /// Key of the session that it belongs to; 0: none. Decides which events its subscriptions see.
    let sessionKey: UInt64

    private struct Names: Sendable {
        var handle: ambit_handle = 0
        /// Of resources whose end is not told one by one; nil once the scope has closed.
        var owned: Set<ambit_handle>? = []
        /// Where those are that were promoted: they end with another scope (S11).
        var promoted: [ambit_handle: ScopeEntry] = [:]
    }
    private let names = Lock(Names())

    private init(_ scope: Scope, _ instance: PluginInstance, isOwn: Bool, sessionKey: UInt64) {
        self.scope = scope
        self.instance = instance
        self.isOwn = isOwn
        self.sessionKey = sessionKey
    }

    var handle: ambit_handle { names.withLock { $0.handle } }

    /// Names a scope for a plugin.
    ///
    /// - Parameter observing: false where the caller sees to `withdraw` when the scope has closed.
    static func mint(
        _ scope: Scope, for instance: PluginInstance, isOwn: Bool, sessionKey: UInt64, observing: Bool = true
    ) throws(Refusal) -> ScopeEntry {
        let entry = ScopeEntry(scope, instance, isOwn: isOwn, sessionKey: sessionKey)
        let handle = try HandleTable.shared.insert(.scope, entry, owner: instance.number)
        entry.names.withLock { $0.handle = handle }
        if observing { scope.whenClosed { _ in entry.withdraw() } }
        return entry
    }

    /// What a scope handle names.
    static func find(_ handle: ambit_handle) throws(Refusal) -> ScopeEntry {
        guard let entry = HandleTable.shared.object(handle, .scope, as: ScopeEntry.self) else { throw .stale("scope") }
        return entry
    }

    /// Names something that lives in the scope, until the scope has closed or `forget`.
    func name(_ kind: HandleKind, _ object: HandleTable.Object) throws(Refusal) -> ambit_handle {
        let handle = try HandleTable.shared.insert(kind, object, owner: instance.number)
        let kept = names.withLock { names -> Bool in
            guard names.owned != nil else { return false }
            names.owned?.insert(handle)
            return true
        }
        if !kept { HandleTable.shared.remove(handle) }
        return handle
    }

    func forget(_ handle: ambit_handle) {
        let elsewhere = names.withLock { names in
            names.owned?.remove(handle)
            return names.promoted.removeValue(forKey: handle)
        }
        if let elsewhere { return elsewhere.forget(handle) }
        HandleTable.shared.remove(handle)
    }

    /// Who keeps a handle that was named here: this one, or the one that it was promoted to last.
    func keeper(of handle: ambit_handle) -> ScopeEntry {
        var keeper = self
        while let next = keeper.names.withLock({ $0.promoted[handle] }) { keeper = next }
        return keeper
    }

    /// The handle ends with another scope from now on. Nothing where it is not kept here any more.
    func move(_ handle: ambit_handle, to target: ScopeEntry) {
        guard target !== self else { return }
        let isOwned = names.withLock { names -> Bool in
            guard names.owned?.remove(handle) != nil else { return false }
            names.promoted[handle] = target
            return true
        }
        guard isOwned else { return }
        let isKept = target.names.withLock { $0.owned?.insert(handle) != nil }
        if !isKept { HandleTable.shared.remove(handle) }
    }

    /// What it names was not promoted after all: undoes `move` to `target`.
    func takeBack(_ handle: ambit_handle, from target: ScopeEntry) {
        guard target !== self, target.names.withLock({ $0.owned?.remove(handle) }) != nil else { return }
        let isKept = names.withLock { names -> Bool in
            names.promoted[handle] = nil
            return names.owned?.insert(handle) != nil
        }
        if !isKept { HandleTable.shared.remove(handle) }
    }

    /// The scope has closed: its handles are stale from now on.
    func withdraw() {
        let (handle, owned) = names.withLock { names in
            defer { names.owned = nil }
            return (names.handle, names.owned ?? [])
        }
        for each in owned { HandleTable.shared.remove(each) }
        HandleTable.shared.remove(handle)
    }
}

extension Scope {
    /// Reserves a place on behalf of a plugin (S4).
    func reserveForPlugin(_ resource: Resource) throws(Refusal) {
        do throws(AcquireError) {
            try reserve(resource)
        } catch {
            throw Refusal(error)
        }
    }

    /// Adds a resource on behalf of a plugin.
    func addForPlugin(_ resource: Resource) throws(Refusal) {
        do throws(AcquireError) {
            try add(resource)
        } catch {
            throw Refusal(error)
        }
    }
}
