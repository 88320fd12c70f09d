internal import CAmbit
internal import Scopes

/// `ambit.scope/1`.
enum ScopeExtension {
    static var table: ambit_host_scope {
        var table = ambit_host_scope()
        table.open = { parent, label, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try ScopeExtension.open(in: try ScopeEntry.find(parent), try label.string("label"))
            }
        }
        table.close = { scope, reason, context, done, error in
            crossing(error) { () throws(Refusal) in
                let entry = try ScopeEntry.find(scope)
                try ScopeExtension.close(entry, try Reason(reason, by: entry.instance.name), done.map { ForeignCallback(context, $0) })
            }
        }
        table.state = { scope, out in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try ScopeExtension.state(scope)
            }
        }
        table.on_close = { scope, options, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginFinalizer.register(options, in: try ScopeEntry.find(scope))
            }
        }
        table.finished = { finalizer, status in
            crossing { () throws(Refusal) in try PluginFinalizer.find(finalizer).finished(status) }
        }
        table.remove = { finalizer in
            crossing { () throws(Refusal) in try PluginFinalizer.find(finalizer).remove() }
        }
        table.cleanup = { scope, label, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                let (entry, label) = (try ScopeEntry.find(scope), try label.string("label"))
                out.pointee = try ScopeExtension.mint(in: entry) { () throws(AcquireError) in try entry.scope.cleanup(label) }
            }
        }
        table.promote = { resource, to, error in
            crossing(error) { () throws(Refusal) in
                try Promotable.find(resource).promote(resource, to: try ScopeEntry.find(to))
            }
        }
        table.release_wait = { handle, timeout, error in
            crossing(error) { () throws(Refusal) in try ScopeExtension.releaseAndWait(handle, timeout) }
        }
        return table
    }

    private static func releaseAndWait(_ handle: ambit_handle, _ timeout: Int64) throws(Refusal) {
        guard timeout >= 0 else { throw .invalid("timeout_ns is \(timeout): it is 0 or more nanoseconds") }
        let instance: PluginInstance
        let end: () throws(Refusal) -> Void
        switch HandleKind(rawValue: UInt8(truncatingIfNeeded: handle >> 56)) {
        case .finalizer:
            let finalizer = try PluginFinalizer.find(handle)
            (instance, end) = (finalizer.instance, { () throws(Refusal) in try finalizer.remove() })
        case .timer:
            let timer = try PluginTimer.find(handle)
            (instance, end) = (timer.instance, { timer.cancel() })
        case .task:
            let task = try PluginTask.find(handle)
            (instance, end) = (task.instance, { task.cancelByPlugin() })
        default: throw .stale("finalizer, timer or task")
        }
        guard !PluginJob.isInside(instance) else {
            throw Refusal(
                .wouldDeadlock, "a callback of '\(instance.name)' can't wait for another one: end it without waiting, `destroyed` follows")
        }
        guard try instance.releaseWaits.wait(for: handle, nanoseconds: timeout, end: end) else {
            throw Refusal(.timedOut, "it has not ended within \(timeout / 1_000_000) ms and goes on ending")
        }
    }

    private static func open(in parent: ScopeEntry, _ label: String) throws(Refusal) -> ambit_scope {
        try mint(in: parent) { () throws(AcquireError) in try parent.scope.open(.custom, label) }
    }

    /// Opens a scope inside another and names it.
    private static func mint(in parent: ScopeEntry, _ open: () throws(AcquireError) -> Scope) throws(Refusal) -> ambit_scope {
        let child: Scope
        do throws(AcquireError) {
            child = try open()
        } catch {
            throw Refusal(error)
        }
        do throws(Refusal) {
            return try ScopeEntry.mint(child, for: parent.instance, isOwn: true, sessionKey: parent.sessionKey).handle
        } catch {
            child.close(Reason(.failed, by: parent.instance.name, text: error.text))
            throw error
        }
    }

    private static func close(
        _ entry: ScopeEntry, _ reason: Reason,
        _ done: ForeignCallback<@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<ambit_report>?) -> Void>?
    ) throws(Refusal) {
        guard entry.isOwn else {
            throw Refusal(.denied, "only scopes that the plugin opened can be closed by it: \(entry.scope.path) is the host's")
        }
        guard let done else {
            entry.scope.close(reason)
            return
        }
        let instance = entry.instance
        instance.gate.enter()
        entry.scope.close(reason) { report in
            instance.deliver { report.withForeign { done.function(done.context, $0) } }
        }
    }

    /// A scope that is gone is closed; a handle that never was one is stale.
    private static func state(_ handle: ambit_scope) throws(Refusal) -> Int32 {
        guard let entry = HandleTable.shared.object(handle, .scope, as: ScopeEntry.self) else {
            guard HandleTable.shared.isSpent(handle, .scope) else { throw .stale("scope") }
            return Int32(AMBIT_SCOPE_CLOSED)
        }
        switch entry.scope.state {
        case .open: return Int32(AMBIT_SCOPE_OPEN)
        case .closing: return Int32(AMBIT_SCOPE_CLOSING)
        case .closed: return Int32(AMBIT_SCOPE_CLOSED)
        }
    }
}
