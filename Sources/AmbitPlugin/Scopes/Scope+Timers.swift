extension Scope {
    /// Runs `fire` once, after a while, on a thread of the plugin's executor. It must not block; for more, `spawn` in it.
    @discardableResult
    public func timer(
        after delay: Duration, _ label: String = "timer", _ fire: @escaping @Sendable () -> Void
    ) throws(AmbitError) -> Timer {
        try timer(delay, .zero, label) { _ in fire() }
    }

    /// Runs `fire` periodically, first after `delay` (or one period). Ticks never pile up: `missed` counts those that were skipped.
    @discardableResult
    public func timer(
        every period: Duration, after delay: Duration? = nil, _ label: String = "timer",
        _ fire: @escaping @Sendable (_ missed: UInt64) -> Void
    ) throws(AmbitError) -> Timer {
        try timer(delay ?? period, max(period, .nanoseconds(1)), label, fire)
    }

    private func timer(
        _ delay: Duration, _ period: Duration, _ label: String, _ fire: @escaping @Sendable (UInt64) -> Void
    ) throws(AmbitError) -> Timer {
        let context = Unmanaged.passRetained(TimerWork(fire))
        var options = ambit_timer_options()
        options.struct_size = UInt32(MemoryLayout<ambit_timer_options>.size)
        options.delay_ns = max(0, delay.nanoseconds)
        options.period_ns = period.nanoseconds
        options.context = context.toOpaque()
        options.fire = { context, missed in
            guard let context else { return }
            Unmanaged<TimerWork>.fromOpaque(context).takeUnretainedValue().fire(missed)
        }
        options.destroyed = { context in
            guard let context else { return }
            Unmanaged<TimerWork>.fromOpaque(context).release()
        }
        do throws(AmbitError) {
            return Timer(handle: try start(options, label), runtime: runtime)
        } catch {
            context.release()
            throw error
        }
    }
}
