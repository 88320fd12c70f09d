extension Scope {
    /// Waits, on the host's clock. Ends early with `CancellationError` when the scope ends or the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        let over = Completion<Void>()
        let context = Unmanaged.passRetained(over)
        var options = ambit_timer_options()
        options.struct_size = UInt32(MemoryLayout<ambit_timer_options>.size)
        options.delay_ns = max(0, duration.nanoseconds)
        options.context = context.toOpaque()
        options.fire = { context, _ in
            guard let context else { return }
            Unmanaged<Completion<Void>>.fromOpaque(context).takeUnretainedValue().resolve(.success(()))
        }
        // Without a tick before it, the timer was cancelled; after one this changes nothing.
        options.destroyed = { context in
            guard let context else { return }
            Unmanaged<Completion<Void>>.fromOpaque(context).takeRetainedValue().resolve(.failure(CancellationError()))
        }
        let timer: ambit_timer
        do {
            timer = try start(options, "sleep")
        } catch {
            context.release()
            // "Ends with the scope" holds for one that has ended before.
            throw error.status == .closed || error.status == .staleHandle ? CancellationError() : error.asWaitError
        }
        do {
            try await over.value()
        } catch {
            _ = runtime.tables.timer.cancel(timer)
            throw error
        }
    }

    func start(_ options: ambit_timer_options, _ label: String) throws(AmbitError) -> ambit_timer {
        var options = options
        var timer: ambit_timer = 0
        try AmbitError.check { error in
            label.withAmbitText { label in
                options.label = label
                return runtime.tables.timer.start(handle, &options, &timer, error)
            }
        }
        return timer
    }
}
