extension Scope {
    /// Opens a scope inside this one. Close it when its work is done; else it ends with this one.
    public func child(_ label: String) throws(AmbitError) -> Scope {
        var child: ambit_scope = 0
        try AmbitError.check { error in
            label.withAmbitText { runtime.tables.scope.open(handle, $0, &child, error) }
        }
        return Scope(handle: child, runtime: runtime)
    }

    /// Opens a scope for clean-up that needs something of its own, also while this one closes: in `onClose`, or after a cancellation (S5). The close
    /// waits for it, bounded by what is left of its time. Close it when its work is done.
    public func cleanup(_ label: String) throws(AmbitError) -> Scope {
        var opened: ambit_scope = 0
        try AmbitError.check { error in
            label.withAmbitText { runtime.tables.scope.cleanup(handle, $0, &opened, error) }
        }
        return Scope(handle: opened, runtime: runtime)
    }

    /// Closes a scope that `child` opened, and waits until it is closed.
    ///
    /// The wait is cancellable and the close is not: where the waiting task is cancelled (or belongs to the scope itself), the close goes on
    /// and its owner sees to it (S2). Throws `.denied` for scopes that the host opened.
    @discardableResult
    public func close(_ reason: Reason = .completed) async throws -> CloseReport {
        let closed = Completion<CloseReport>()
        let context = Unmanaged.passRetained(closed)
        do {
            try startClose(reason, context.toOpaque()) { context, report in
                guard let context else { return }
                let closed = Unmanaged<Completion<CloseReport>>.fromOpaque(context).takeRetainedValue()
                closed.resolve(.success(CloseReport(report)))
            }
        } catch {
            context.release()
            throw error
        }
        return try await closed.value()
    }

    /// Starts to close a scope that `child` opened, and doesn't wait.
    public func beginClose(_ reason: Reason = .completed) throws(AmbitError) {
        try startClose(reason, nil, nil)
    }

    /// Opens a child scope, runs `body` in it, and closes it whatever happens: nothing that `body` started there goes on.
    public func withChild<T>(_ label: String, _ body: (Scope) async throws -> T) async throws -> T {
        let child = try child(label)
        let result: T
        do {
            result = try await body(child)
        } catch {
            // The error that matters is the body's; a child that is closed already needs no more.
            let reason: Reason = error is CancellationError ? .cancelled : Reason(.failed, "\(error)")
            _ = try? await child.close(reason)
            throw error
        }
        do {
            try await child.close()
        } catch let error as AmbitError where error.status == .closed || error.status == .staleHandle {
            // Somebody closed it before us.
        }
        return result
    }

    private func startClose(
        _ reason: Reason, _ context: UnsafeMutableRawPointer?,
        _ done: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<ambit_report>?) -> Void)?
    ) throws(AmbitError) {
        try AmbitError.check { error in
            reason.withAmbitReason { runtime.tables.scope.close(handle, $0, context, done, error) }
        }
    }
}
