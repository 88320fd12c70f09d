package import Scopes
internal import Synchronization

/// A session is a lease: it lives until it is closed or was idle for too long; no client is ever needed to end it.
///
/// Owned by its scope, which hangs below the server's. One per protocol session, stdio connection or minted handle.
package final class HostSession: Sendable {
    package enum Kind: Sendable {
        /// A legacy session or a stdio connection.
        case `protocol`
        /// Minted for a plugin; the client passes it back.
        case handle
        /// Begun by a call whose client does not come back; it ends with the call, and nobody learns its id.
        case call
    }

    /// The same for every call of this session, never reused in this process; not a secret.
    package let key: UInt64
    /// 128 random bits: what its client proves to know. The Mcp-Session-Id, or the handle.
    package let id: String
    package let kind: Kind
    package let scope: Scope
    package var principal: String { place.principal }
    /// Whose it is of the limits.
    let place: SessionPlace
    /// The generation that a handle was minted for: it ends with that. Nil for protocol sessions.
    let minter: UInt32?
    /// Nanoseconds without activity after which it ends; 0: never.
    package let idle: Int64

    private let lastTouch: Atomic<Int64>
    private struct State: Sendable {
        var lease: SessionLease
        var uses: [UInt32: ScopeEntry] = [:]
        var timer: TimerQueue.Entry?
    }
    private let state: Lock<State>

    init(key: UInt64, id: String, kind: Kind, scope: Scope, place: SessionPlace, idle: Int64, minter: UInt32?) {
        self.key = key
        self.id = id
        self.kind = kind
        self.scope = scope
        self.place = place
        self.idle = idle
        self.minter = minter
        lastTouch = Atomic(scope.runtime.now)
        state = Lock(State(lease: SessionLease(idle: idle)))
    }

    /// What its client passes back: the Mcp-Session-Id, or the handle.
    package var handle: String? { id }

    /// Activity: costs one relaxed store (S13).
    package func touch() { lastTouch.store(scope.runtime.now, ordering: .relaxed) }

    /// A request or stream of the session begins: it does not become idle before the matching `detach`.
    package func attach() { _ = state.withLock { $0.lease.handle(.attach) } }

    package func detach() {
        touch()
        _ = state.withLock { $0.lease.handle(.detach) }
    }

    /// Requests and streams that are attached now.
    package var attached: Int { state.withLock { $0.lease.attached } }

    package func close(_ reason: Reason) { scope.close(reason) }

    /// The scope where this session meets a plugin (S12): opened at first use, ends with the first of the two.
    package func use(for plugin: PluginInstance) throws(AcquireError) -> Scope {
        if let entry = state.withLock({ $0.uses[plugin.number] }) { return entry.scope }
        let opened = try scope.open(.use, plugin.scope.label, alsoOwnedBy: plugin.scope)
        do throws(Refusal) {
            return try keep(opened, for: plugin).scope
        } catch {
            // No handle is left. It is closed by now, and says so.
            return try opened.open(.custom)
        }
    }

    /// The same, as the plugin sees it.
    func useEntry(for plugin: PluginInstance) throws(Refusal) -> ScopeEntry {
        if let entry = state.withLock({ $0.uses[plugin.number] }) { return entry }
        let opened: Scope
        do throws(AcquireError) {
            opened = try scope.open(.use, plugin.scope.label, alsoOwnedBy: plugin.scope)
        } catch {
            throw Refusal(error)
        }
        return try keep(opened, for: plugin)
    }

    private func keep(_ opened: Scope, for plugin: PluginInstance) throws(Refusal) -> ScopeEntry {
        let made: ScopeEntry
        do throws(Refusal) {
            made = try ScopeEntry.mint(opened, for: plugin, isOwn: false, sessionKey: key)
        } catch {
            opened.close(Reason(.failed, by: "session", text: error.text))
            throw error
        }
        // Two first uses at once: one of the two scopes stays.
        let kept = state.withLock { state -> ScopeEntry in
            if let other = state.uses[plugin.number] { return other }
            state.uses[plugin.number] = made
            return made
        }
        if kept !== made {
            opened.close(Reason(.completed, by: "session"))
        } else {
            opened.whenClosed { [self] _ in
                state.withLock { if $0.uses[plugin.number] === made { $0.uses[plugin.number] = nil } }
            }
        }
        return kept
    }

    // MARK: - Idle

    func startTimer() {
        guard idle > 0, !Fault.isOn("idle-ends-session-without-client") else { return }
        arm(at: scope.runtime.now.addingReportingOverflow(idle).partialValue)
    }

    private func arm(at instant: Int64) {
        let runtime = scope.runtime
        let timer = runtime.timers.schedule(at: instant, on: runtime.executor) { [weak self] in self?.timerFired() }
        let isOver = state.withLock { state -> Bool in
            state.timer = timer
            return state.lease.isOver
        }
        if isOver { runtime.timers.cancel(timer) }
    }

    private func timerFired() {
        let event = SessionLease.Event.timer(
            now: scope.runtime.now, lastTouch: lastTouch.load(ordering: .relaxed))
        switch state.withLock({ $0.lease.handle(event) }) {
        case .none: break
        case .rearm(let instant): arm(at: instant)
        case .expire:
            scope.close(
                Reason(.idle, by: "session", text: "it was idle for \(idle / 1_000_000_000) s"))
        }
    }

    /// Its scope closes: nothing fires any more.
    func end() {
        let timer = state.withLock { state in
            _ = state.lease.handle(.end)
            return state.timer.take()
        }
        if let timer { scope.runtime.timers.cancel(timer) }
    }
}
