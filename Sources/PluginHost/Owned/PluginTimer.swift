internal import CAmbit
internal import Scopes

/// A timer of a plugin; it ticks on the plugin's executor.
final class PluginTimer: Sendable {
    private struct Life: Sendable {
        var timer: ScopeTimer?
        var handle: ambit_handle = 0
        var isOver = false
    }

    let instance: PluginInstance
    private let fire: ForeignCallback<@convention(c) (UnsafeMutableRawPointer?, UInt64) -> Void>
    private let destroyed: ForeignCallback<ContextFunction?>
    private let life = Lock(Life())

    private init(_ options: ambit_timer_options, instance: PluginInstance) throws(Refusal) {
        self.instance = instance
        fire = try ForeignCallback(options.context, required: options.fire, "options.fire")
        destroyed = ForeignCallback(options.context, options.destroyed)
    }

    static func start(_ options: UnsafePointer<ambit_timer_options>?, in entry: ScopeEntry) throws(Refusal) -> ambit_timer {
        let options = try Structs.read(options, "options")
        guard options.delay_ns >= 0, options.period_ns >= 0 else {
            throw .invalid("options.delay_ns and options.period_ns are nanoseconds, 0 or more")
        }
        let label = try options.label.string("options.label")
        let instance = entry.instance
        let timer = try PluginTimer(options, instance: instance)
        let handle = try HandleTable.shared.insert(.timer, timer, owner: instance.number)
        timer.life.withLock { $0.handle = handle }
        instance.gate.enter()
        do throws(AcquireError) {
            let scopeTimer = try entry.scope.timer(
                label, after: options.delay_ns, every: options.period_ns, on: instance.executor,
                fire: { missed in
                    Bracket.pluginThread.check(instance, "fire")
                    PluginJob.run(instance) { timer.fire.function(timer.fire.context, missed) }
                },
                ended: { timer.ended() })
            timer.life.withLock { if !$0.isOver { $0.timer = scopeTimer } }
        } catch {
            HandleTable.shared.remove(handle)
            instance.gate.leave()
            throw Refusal(error)
        }
        return handle
    }

    static func find(_ handle: ambit_timer) throws(Refusal) -> PluginTimer {
        guard let timer = HandleTable.shared.object(handle, .timer, as: PluginTimer.self) else { throw .stale("timer") }
        return timer
    }

    /// Nil when it is over.
    var resource: ScopeTimer? { life.withLock { $0.timer } }

    /// No tick begins after this.
    func cancel() { life.withLock { $0.timer }?.stop() }

    /// The last tick has returned, or none will come.
    private func ended() {
        let handle = life.withLock { life in
            life.isOver = true
            life.timer = nil
            return life.handle
        }
        HandleTable.shared.remove(handle)
        guard destroyed.function != nil else {
            instance.releaseWaits.ended(handle)
            return instance.gate.leave()
        }
        PluginJob.afterwards(instance) { [self] in
            destroyed.function?(destroyed.context)
            instance.releaseWaits.ended(handle)
        }
        instance.gate.leave()
    }
}
