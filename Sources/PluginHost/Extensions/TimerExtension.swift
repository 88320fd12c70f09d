internal import CAmbit
internal import Scopes

/// `ambit.timer/1`.
enum TimerExtension {
    static var table: ambit_host_timer {
        var table = ambit_host_timer()
        table.now = { host in
            HandleTable.shared.object(host, .host, as: PluginInstance.self)?.services.runtime.now ?? 0
        }
        table.start = { scope, options, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginTimer.start(options, in: try ScopeEntry.find(scope))
            }
        }
        table.cancel = { timer in
            crossing { () throws(Refusal) in try PluginTimer.find(timer).cancel() }
        }
        return table
    }
}
