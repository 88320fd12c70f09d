internal import MCP
internal import Scopes

/// The tools that are offered now, in the order of loading, then by name.
///
/// Tools enter with their plugin and leave when its scope begins to close (quiesce). Readers share one snapshot.
package final class Catalog: Sendable {
    private struct State: Sendable {
        var tools: [Tool] = []
        var byName: [String: Tool] = [:]
        var generation: UInt64 = 0
        var watchers: [@Sendable () -> Void] = []
        var isAnnouncing = false
    }
    private let state = Lock(State())
    private let executor: ThreadExecutor

    init(_ executor: ThreadExecutor) { self.executor = executor }

    /// Changes with the list of tools.
    package var generation: UInt64 { state.withLock { $0.generation } }

    /// The current snapshot: nothing is sorted or copied.
    package func tools() -> [Tool] { state.withLock { $0.tools } }

    package func tool(named name: String) -> Tool? { state.withLock { $0.byName[name] } }

    /// Calls `body` on the host's executor after changes; several at once are told once.
    package func onChange(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.watchers.append(body) }
    }

    /// Offers all tools of a plugin, or none.
    func register(_ tools: [Tool], of plugin: PluginInstance) throws(PluginError) {
        let taken = state.withLock { state -> Tool? in
            for tool in tools {
                if let taken = state.byName[tool.definition.name] { return taken }
            }
            for tool in tools { state.byName[tool.definition.name] = tool }
            // One plugin after the other; a plugin's own by name.
            state.tools += tools.sorted { $0.definition.name < $1.definition.name }
            if !tools.isEmpty { state.generation += 1 }
            return nil
        }
        if let taken {
            throw PluginError(
                path: plugin.path,
                what:
                    "the tool '\(taken.definition.name)' of '\(plugin.name)' is offered by '\(taken.plugin.name)' (\(taken.plugin.path)) already",
                howToMend: "rename one of them, or load only one of the two plugins")
        }
        var registered = 0
        do throws(ScopeClosed) {
            for tool in tools {
                try plugin.scope.add(ToolRegistration(tool, self))
                registered += 1
            }
        } catch {
            // Those that are registered are withdrawn by the close that is under way.
            for tool in tools.dropFirst(registered) { withdraw(tool) }
            throw PluginError(path: plugin.path, what: "it was closed while it was loaded", howToMend: "")
        }
        if !tools.isEmpty { announce() }
    }

    func withdraw(_ tool: Tool) {
        let changed = state.withLock { state -> Bool in
            guard state.byName[tool.definition.name] === tool else { return false }
            state.byName[tool.definition.name] = nil
            state.tools.removeAll { $0 === tool }
            state.generation += 1
            return true
        }
        if changed { announce() }
    }

    /// Outside every lock, once for all changes until it runs (A13).
    private func announce() {
        let first = state.withLock { state -> Bool in
            defer { state.isAnnouncing = true }
            return !state.isAnnouncing && !state.watchers.isEmpty
        }
        guard first else {
            state.withLock { if $0.watchers.isEmpty { $0.isAnnouncing = false } }
            return
        }
        executor.post { [self] in
            let watchers = state.withLock { state in
                state.isAnnouncing = false
                return state.watchers
            }
            for watcher in watchers { watcher() }
        }
    }
}
