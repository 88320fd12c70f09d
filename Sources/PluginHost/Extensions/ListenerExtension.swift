internal import CAmbit

/// `ambit.listener/1`.
enum ListenerExtension {
    static var table: ambit_host_listener {
        var table = ambit_host_listener()
        table.open = { scope, options, out, port, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginListener.open(options, in: try ScopeEntry.find(scope), port: port)
            }
        }
        table.accept = { listener, into, context, done, waiter, error in
            crossing(error) { () throws(Refusal) in
                let id = try PluginListener.find(listener).accept(
                    into: try ScopeEntry.find(into), try ForeignCallback(context, required: done, "done"))
                waiter?.pointee = id
            }
        }
        table.cancel_wait = { listener, waiter in
            crossing { () throws(Refusal) in try PluginListener.find(listener).cancelWait(waiter) }
        }
        table.close = { listener in
            crossing { () throws(Refusal) in try PluginListener.find(listener).close(listener) }
        }
        return table
    }
}
