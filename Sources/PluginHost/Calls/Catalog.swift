internal import MCP
internal import Scopes

/// The tools that are offered now, in the order of loading, then by name; and those that one session only is offered (A13).
///
/// Tools enter with their plugin or by a registration of their own, and leave when the scope that owns them begins to close (quiesce).
/// Readers share one snapshot.
package final class Catalog: Sendable {
    /// Whose list of tools has changed.
    package enum Change: Sendable, Hashable {
        case everybody
        /// The one with this key.
        case session(UInt64)
    }

    fileprivate struct State: Sendable {
        var tools: [Tool] = []
        var byName: [String: Tool] = [:]
        /// By the session's key.
        var ofSessions: [UInt64: [String: Tool]] = [:]
        var generation: UInt64 = 0
        var watchers: [@Sendable (Set<Change>) -> Void] = []
        /// What the watchers are not told of yet.
        var changes: Set<Change> = []
    }
    private let state = Lock(State())
    private let executor: ThreadExecutor

    init(_ executor: ThreadExecutor) { self.executor = executor }

    /// Changes with the list of tools.
    package var generation: UInt64 { state.withLock { $0.generation } }

    /// What everybody is offered: the current snapshot, nothing is sorted or copied.
    package func tools() -> [Tool] { state.withLock { $0.tools } }

    /// What a session is offered; `isShared` when it is the same for everybody.
    package func tools(for session: HostSession?) -> (tools: [Tool], isShared: Bool) {
        let (tools, own) = state.withLock { state in
            (state.tools, session.flatMap { state.ofSessions.isEmpty ? nil : state.ofSessions[$0.key] })
        }
        guard let own else { return (tools, true) }
        return (tools + own.values.sorted { $0.definition.name < $1.definition.name }, false)
    }

    package func tool(named name: String, for session: HostSession? = nil) -> Tool? {
        state.withLock { state in
            if let tool = state.byName[name] { return tool }
            guard let session, !state.ofSessions.isEmpty else { return nil }
            return state.ofSessions[session.key]?[name]
        }
    }

    /// Calls `body` on the host's executor after changes; several at once are told once.
    package func onChange(_ body: @escaping @Sendable (Set<Change>) -> Void) {
        state.withLock { $0.watchers.append(body) }
    }

    // MARK: - Offering

    /// Offers all fixed tools of a plugin, or none.
    func register(_ tools: [Tool], of plugin: PluginInstance) throws(PluginError) {
        if let taken = offer(tools, to: .everybody) {
            throw PluginError(
                path: plugin.path, what: Self.taken(taken, plugin),
                howToMend: "rename one of them, or load only one of the two plugins")
        }
        var registered = 0
        do throws(AcquireError) {
            for tool in tools {
                try plugin.scope.add(ToolRegistration(tool, .everybody, self))
                registered += 1
            }
        } catch {
            // Those that are registered are withdrawn by the close that is under way.
            for tool in tools.dropFirst(registered) { withdraw(tool, from: .everybody) }
            throw PluginError(path: plugin.path, what: "it was closed while it was loaded", howToMend: "")
        }
    }

    /// Why a tool of `plugin` can't have its name.
    static func taken(_ taken: Tool, _ plugin: PluginInstance) -> String {
        "the tool '\(taken.definition.name)' of '\(plugin.name)' is offered by '\(taken.plugin.name)' (\(taken.plugin.path)) already"
    }

    /// Offers tools to everybody or to one session: all, or none and the one whose name is taken.
    func offer(_ tools: [Tool], to whom: Change) -> Tool? {
        guard !tools.isEmpty else { return nil }
        let taken = state.withLock { state -> Tool? in
            for tool in tools {
                if let taken = state.owner(of: tool.definition.name, for: whom) { return taken }
            }
            switch whom {
            case .everybody:
                for tool in tools { state.byName[tool.definition.name] = tool }
                // One plugin after the other; a plugin's own by name.
                state.tools += tools.sorted { $0.definition.name < $1.definition.name }
            case .session(let key):
                for tool in tools { state.ofSessions[key, default: [:]][tool.definition.name] = tool }
            }
            state.generation += 1
            return nil
        }
        if taken == nil { announce(whom) }
        return taken
    }

    func withdraw(_ tool: Tool, from whom: Change) {
        let name = tool.definition.name
        let changed = state.withLock { state -> Bool in
            switch whom {
            case .everybody:
                guard state.byName[name] === tool, !Fault.isOn("register-under-load") else { return false }
                state.byName[name] = nil
                state.tools.removeAll { $0 === tool }
            case .session(let key):
                guard state.ofSessions[key]?[name] === tool else { return false }
                state.ofSessions[key]?[name] = nil
                if state.ofSessions[key]?.isEmpty == true { state.ofSessions[key] = nil }
            }
            state.generation += 1
            return true
        }
        if changed { announce(whom) }
    }

    /// Outside every lock, once for all changes until it runs (A13).
    private func announce(_ change: Change) {
        let first = state.withLock { state -> Bool in
            guard !state.watchers.isEmpty else { return false }
            defer { state.changes.insert(change) }
            return state.changes.isEmpty
        }
        guard first else { return }
        executor.post { [self] in
            let (watchers, changes) = state.withLock { state in
                defer { state.changes = [] }
                return (state.watchers, state.changes)
            }
            for watcher in watchers { watcher(changes) }
        }
    }
}

extension Catalog.State {
    /// Who has a name that is wanted for everybody or for one session. One name is never two tools to anybody.
    fileprivate func owner(of name: String, for whom: Catalog.Change) -> Tool? {
        if let tool = byName[name] { return tool }
        switch whom {
        case .session(let key): return ofSessions[key]?[name]
        case .everybody:
            for own in ofSessions.values { if let tool = own[name] { return tool } }
            return nil
        }
    }
}
