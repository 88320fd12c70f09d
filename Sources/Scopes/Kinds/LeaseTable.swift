/// What the work of one plugin shares, by key: each thing lives in a scope of its own under the plugin's scope.
///
/// Owns nothing: holders own their counts, the plugin's scope owns the scopes.
package final class LeaseTable<Value: Sendable>: Sendable {
    private struct Entry {
        var machine = LeaseState()
        /// Tells the builds under one key apart.
        var generation: UInt64 = 0
        var scope: Scope?
        /// Its build was handed to an executor.
        var hasBegun = false
        var value: Value?
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var leases: [UInt64: Lease<Value>] = [:]
        var lastName: UInt64 = 0
        var lastGeneration: UInt64 = 0
    }

    private let owner: Scope
    private let state = Lock(State())

    /// - Parameter owner: the plugin's scope.
    package init(under owner: Scope) { self.owner = owner }

    /// How many things are shared now, those that are being built or closed included.
    package var count: Int { state.withLock { $0.entries.count } }

    /// Makes `holder` a holder of what is shared under `key`; the first one has it built.
    ///
    /// - Parameters:
    ///   - build: runs once, on `executor`, in the scope of what is shared, where everything belongs that it needs; it ends with one
    ///     call of its `done`, now or later. That scope closes with the last holder, or when the last waiter leaves.
    ///   - done: posted once, never called before this returns.
    ///   - executor: where `build` and `done` run; nil: the runtime's.
    /// - Returns: a name for `cancelWait`.
    @discardableResult
    package func acquire(
        _ key: String, in holder: Scope, on executor: ThreadExecutor? = nil, build: @escaping Lease<Value>.Build,
        done: @escaping @Sendable (LeaseOutcome<Value>) -> Void
    ) throws(AcquireError) -> UInt64 {
        let name = state.withLock { state -> UInt64 in
            state.lastName += 1
            return state.lastName
        }
        let executor = executor ?? holder.runtime.executor
        let lease = Lease(key: key, name: name, table: self, executor: executor, build: build, done: done)
        state.withLock { $0.leases[name] = lease }
        do throws(AcquireError) { try holder.add(lease) } catch {
            state.withLock { $0.leases[name] = nil }
            throw error
        }
        handle(key) { entry, leases in
            // Its scope may have closed meanwhile, and it has left.
            leases[name] == nil ? nil : .acquire(name, scopeIsOpen: entry.scope?.isOpen ?? true)
        }
        return name
    }

    /// True: the wait has ended, and its `done` is not called. False: it is done already.
    @discardableResult
    package func cancelWait(_ waiter: UInt64) -> Bool {
        state.withLock { $0.leases[waiter] }?.leave(nil) ?? false
    }

    /// A lease has left; what it waited for or held may end with it.
    func left(_ lease: Lease<Value>) {
        let known = state.withLock { $0.leases.removeValue(forKey: lease.name) != nil }
        if known { handle(lease.key) { _, _ in .leave(lease.name) } }
    }

    private func built(_ key: String, _ generation: UInt64, _ result: Result<Value, LeaseError>) {
        var text = ""
        if case .failure(let error) = result { text = error.description }
        handle(key, generation, failure: .failed(text)) { entry, _ in
            switch result {
            case .success(let value):
                // One value for each build: a second answer changes nothing.
                if entry.value == nil { entry.value = value }
                return .built
            case .failure: return .failed
            }
        }
    }

    private struct Start {
        let scope: Scope
        let build: Lease<Value>.Build
        let executor: ThreadExecutor
    }

    /// Lets the machine of a key handle an event, then does what it says.
    ///
    /// - Parameters:
    ///   - generation: the event is of this build; nil: of whatever is there.
    ///   - failure: what those are told who wait in vain.
    ///   - event: made under the lock; nil: nothing happens.
    private func handle(
        _ key: String, _ generation: UInt64? = nil, failure: LeaseOutcome<Value>? = nil,
        _ event: (inout Entry, [UInt64: Lease<Value>]) -> LeaseState.Event?
    ) {
        var (granted, failed, lost): ([Lease<Value>], [Lease<Value>], [Lease<Value>]) = ([], [], [])
        var (closing, opened, value): (Scope?, Scope?, Value?) = (nil, nil, nil)
        var start: Start?
        var failure = failure
        let current = state.withLock { state -> UInt64 in
            var entry = state.entries[key] ?? Entry()
            if let generation, entry.generation != generation { return 0 }
            guard let event = event(&entry, state.leases) else { return 0 }
            var action = entry.machine.handle(event)
            value = entry.value
            if action.build {
                do throws(AcquireError) { opened = try open(key, &entry, &state) } catch {
                    failure = if case .closed(let closed) = error { .closed(closed.reason) } else { .failed(error.description) }
                    action.fail += entry.machine.handle(.failed).fail
                    action.forget = true
                }
            }
            start = begin(&entry, state.leases)
            if action.closeScope { closing = entry.scope }
            granted = action.grant.compactMap { state.leases[$0] }
            failed = action.fail.compactMap { state.leases[$0] }
            lost = action.lost.compactMap { state.leases.removeValue(forKey: $0) }
            state.entries[key] = action.forget || entry.machine.isAbsent ? nil : entry
            return entry.generation
        }
        for lease in lost { lease.lost() }
        if let value { for lease in granted { lease.grant(value) } }
        for lease in failed { lease.leave(failure ?? .closed(Reason(.ownerClosed, by: owner.path))) }
        if let closing {
            let reason: Reason =
                failed.isEmpty
                ? Reason(.completed, by: closing.path, text: "nobody holds it")
                : Reason(.failed, by: closing.path, text: "its build failed")
            closing.close(reason)
        }
        opened?.whenClosed { [self] report in
            handle(key, current, failure: .closed(report.reason)) { _, _ in .scopeClosed }
        }
        if let start {
            start.executor.post { [self] in
                start.build(start.scope) { [self] result in built(key, current, result) }
            }
        }
    }

    /// Opens the scope of the next build. The scope's lock is taken inside the table's, never the other way round: the tree calls
    /// nothing under its locks.
    private func open(_ key: String, _ entry: inout Entry, _ state: inout State) throws(AcquireError) -> Scope {
        state.lastGeneration += 1
        entry.generation = state.lastGeneration
        entry.value = nil
        entry.hasBegun = false
        let scope = try owner.open(.custom, "lease \(key)")
        entry.scope = scope
        return scope
    }

    /// Finds who builds, unless that has begun. Nobody does while all who wait are about to leave; then it is up to the next who comes
    /// (`manyThreadsShareOne` fails without this).
    private func begin(_ entry: inout Entry, _ leases: [UInt64: Lease<Value>]) -> Start? {
        guard entry.machine.isBuilding, !entry.hasBegun, let scope = entry.scope else { return nil }
        for name in entry.machine.waiters {
            guard let lease = leases[name], let build = lease.takeBuild() else { continue }
            entry.hasBegun = true
            return Start(scope: scope, build: build, executor: lease.executor)
        }
        return nil
    }
}
