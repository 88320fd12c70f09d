internal import CAmbit
internal import Scopes

/// `ambit.reply/1`.
enum ReplyExtension {
    static var table: ambit_host_reply {
        var table = ambit_host_reply()
        table.open = { scope, options, out, id, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginReply.open(options, in: try ScopeEntry.find(scope), id: id)
            }
        }
        table.wait = { handle, context, done, waiter, error in
            crossing(error) { () throws(Refusal) in
                let reply = try PluginReply.find(handle)
                let id = try reply.wait(handle, try ForeignCallback(context, required: done, "done"))
                waiter?.pointee = id
            }
        }
        table.cancel_wait = { reply, waiter in
            crossing { () throws(Refusal) in try PluginReply.find(reply).cancelWait(waiter) }
        }
        table.resolve = { host, id, payload, error in
            crossing(error) { () throws(Refusal) in
                let instance = try HostExtensions.instance(host)
                let id = try id.string("id")
                guard instance.services.runtime.replies.resolve(id: id, payload: try payload.array("payload")) else {
                    throw Refusal(
                        .notFound, "no reply of this id waits: it was answered, has timed out or was closed, or there was never one")
                }
            }
        }
        table.close = { handle in
            crossing { () throws(Refusal) in try PluginReply.find(handle).close(handle) }
        }
        return table
    }
}
