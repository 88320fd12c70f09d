internal import CAmbit
internal import JSON
internal import MCP
package import Scopes
internal import Synchronization

package typealias CallHandle = Call

/// One call: the life of one handler, and what `ambit_call` names.
///
/// Owned by its scope. Gives its sink exactly one outcome (A9); whatever the plugin says after that is counted as `calls.late`.
package final class Call: Sendable {
    /// The request scope of plugin authors.
    package let scope: Scope
    let handler: Handler
    let request: CallRequest
    let deadline: CallDeadline
    /// The last progress or log, CLOCK_MONOTONIC.
    let lastActivity: Atomic<Int64>

    struct Writable: Sendable {
        let id: UInt64
        let ready: ForeignCallback<StatusFunction>
    }

    struct Core: Sendable {
        var machine: CallState
        var sink: (any CallSink)?
        var entry: CallEntry?
        var handle: ambit_handle = 0
        var scopeEntry: ScopeEntry?
        var texts: TextArena?
        var writables: [Writable] = []
        var lastWritable: UInt64 = 0
        /// Questions that wait for the client, and why one could not be asked.
        var asks: [PendingAsk] = []
        var missing: AskRefusal?
        var cursor: ValueCursor?
        /// A result that is written piece by piece.
        var draft: ResultDraft?
        /// Minted sessions that the call uses: it counts as their activity.
        var sessions: [HostSession] = []
        /// Those that it minted itself: only its answer tells the client of them.
        var minted: [HostSession] = []
        var timer: TimerQueue.Entry?
        /// It has a place in its serial group, or waits for one.
        var isInGroup = false
        /// The handler was given up inside `invoke` (S9).
        var isAbandoned = false
        var isClosed = false
    }
    let core: Lock<Core>

    /// Opens the scope and puts the call into it. Nothing runs yet.
    init(_ handler: Handler, _ request: CallRequest, _ sink: any CallSink) throws(Refusal) {
        self.handler = handler
        self.request = request
        let plugin = handler.plugin
        guard handler.uses?.enter() ?? true else { throw Refusal(.closed, "it was withdrawn") }
        do throws(AcquireError) {
            let parent = try request.session?.use(for: plugin) ?? plugin.scope
            // A session has its principal's account already.
            let accounts = request.session == nil ? [plugin.services.sessions.principals.account(of: request.principal)] : []
            scope = try parent.open(.call, handler.name, capacity: Self.capacity, accounts: accounts)
        } catch {
            handler.uses?.leave()
            throw Refusal(error)
        }
        let now = scope.runtime.now
        deadline = CallDeadline(start: now, idle: handler.limits.idle, total: handler.limits.total)
        lastActivity = Atomic(now)
        core = Lock(Core(machine: CallState(finishesOnReturn: handler.execution != .async), sink: sink))
        let entry = CallEntry(self, label: handler.name)
        do throws(Refusal) {
            let handle = try HandleTable.shared.insert(.call, self, owner: plugin.number)
            core.withLock { core in
                core.handle = handle
                core.entry = entry
            }
        } catch {
            scope.close(Reason(.failed, by: plugin.name, text: error.text))
            handler.uses?.leave()
            throw error
        }
        // Keeps the call until then.
        scope.whenClosed { [self] in scopeClosed($0) }
        if Fault.isOn("listener-owned-by-shorter-scope") {
            _ = try? (request.session?.scope ?? plugin.scope).onClose(.free, "listener of a call") { entry.cancel($0) }
        }
        do throws(AcquireError) {
            try scope.add(entry)
        } catch {
            throw Refusal(error)
        }
    }

    /// The arguments of the client, or an empty object.
    var arguments: JSONValue { request.argumentsObject }

    var plugin: PluginInstance { handler.plugin }
    var handle: ambit_handle { core.withLock { $0.handle } }

    /// Whether its outcome was given to the sink.
    package var isFinished: Bool { core.withLock { $0.machine.hasOutcome } }

    /// Ends the call from outside: its scope closes for this reason, and the sink gets `.cancelled` unless the handler had finished.
    package func cancel(_ reason: Reason) {
        if reason.kind == .disconnected, Fault.isOn("disconnect-mid-call-ends-request") { return }
        scope.close(reason)
    }

    static func find(_ handle: ambit_handle) throws(Refusal) -> Call {
        guard let call = HandleTable.shared.object(handle, .call, as: Call.self) else { throw .stale("call") }
        return call
    }
}
