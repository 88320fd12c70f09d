internal import MCP
internal import Scopes

extension Catalog {
    /// Calls `body` on the host's executor after changes of the lists; several at once are told once.
    package func onChange(_ body: @escaping @Sendable (Set<Change>) -> Void) {
        state.withLock { $0.watchers.append(body) }
    }

    /// Calls `body` on the host's executor after what reading a URI gives has changed; several changes of one at once are told once.
    package func onResourceUpdated(_ body: @escaping @Sendable (Set<ResourceUpdate>) -> Void) {
        state.withLock { $0.updateWatchers.append(body) }
    }

    /// Changes so far are news to nobody.
    package func forgetChanges() { state.withLock { $0.changes = [] } }

    /// Outside every lock, once for all changes until it runs (A13).
    func announce(_ changes: Set<Change>) {
        let first = state.withLock { state -> Bool in
            guard !state.watchers.isEmpty else { return false }
            defer { state.changes.formUnion(changes) }
            return state.changes.isEmpty
        }
        guard first else { return }
        executor.post { [self] in
            let (watchers, changes) = state.withLock { state in
                defer { state.changes = [] }
                return (state.watchers, state.changes)
            }
            guard !changes.isEmpty else { return }
            for watcher in watchers { watcher(changes) }
        }
    }

    /// `ambit_host_registry.resource_updated`.
    func updated(_ uri: String, in entry: ScopeEntry) throws(Refusal) {
        guard entry.scope.isOpen else { throw Refusal(.closed, "the scope is closing") }
        let instance = entry.instance
        let key = entry.sessionKey
        let resource = state.withLock { $0.shelves.resources.find(uri, for: key) }
        guard resource?.plugin === instance || template(matching: uri, forKey: key)?.offer.plugin === instance else {
            throw Refusal(.notFound, "the plugin '\(instance.name)' offers no resource '\(uri)' there")
        }
        let update = ResourceUpdate(uri: uri, audience: key == 0 ? .everybody : .session(key))
        let first = state.withLock { state -> Bool in
            guard !state.updateWatchers.isEmpty else { return false }
            defer { state.updates.insert(update) }
            return state.updates.isEmpty
        }
        guard first else { return }
        executor.post { [self] in
            let (watchers, updates) = state.withLock { state in
                defer { state.updates = [] }
                return (state.updateWatchers, state.updates)
            }
            for watcher in watchers { watcher(updates) }
        }
    }
}
