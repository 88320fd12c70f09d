extension Scope {
    /// Runs `body` when the scope closes, with the reason, on a thread of the plugin's executor. It must not block. What it throws is counted
    /// and reported; the others run all the same (S8).
    @discardableResult
    public func onClose(
        _ label: String = "finalizer", phase: Phase = .free, _ body: @escaping @Sendable (Reason) throws -> Void
    ) throws(AmbitError) -> Finalizer {
        try onClose(label, phase, .sync(body))
    }

    /// Like the synchronous form, for clean-up that waits: it has a second at most, less when the close is in a hurry (S7).
    @discardableResult
    public func onClose(
        _ label: String = "finalizer", phase: Phase = .free,
        _ body: @escaping @Sendable (Reason) async throws -> Void
    ) throws(AmbitError) -> Finalizer {
        try onClose(label, phase, .async(body))
    }

    private func onClose(
        _ label: String, _ phase: Phase, _ action: EndAction.Body
    ) throws(AmbitError) -> Finalizer {
        let context = Unmanaged.passRetained(
            EndAction(action, runtime) { [runtime] in _ = runtime.tables.scope.finished($0, $1.rawValue) })
        var options = ambit_finalizer_options()
        options.struct_size = UInt32(MemoryLayout<ambit_finalizer_options>.size)
        options.phase = phase.rawValue
        options.context = context.toOpaque()
        options.run = { context, finalizer, reason in
            guard let context else { return Int32(AMBIT_FINALIZER_FAILED) }
            return Unmanaged<EndAction>.fromOpaque(context).takeUnretainedValue().run(finalizer, Reason(reason))
        }
        options.destroyed = { context in
            guard let context else { return }
            Unmanaged<EndAction>.fromOpaque(context).release()
        }
        var finalizer: ambit_finalizer = 0
        do throws(AmbitError) {
            try AmbitError.check { error in
                label.withAmbitText { label in
                    options.label = label
                    return runtime.tables.scope.on_close(handle, &options, &finalizer, error)
                }
            }
        } catch {
            context.release()
            throw error
        }
        return Finalizer(handle: finalizer, runtime: runtime)
    }
}
