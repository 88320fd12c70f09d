internal import CAmbit
internal import Scopes

/// `ambit.call/1`.
enum CallExtension {
    static var table: ambit_host_call {
        var table = ambit_host_call()
        table.info = { call, out in
            crossing { () throws(Refusal) in
                try Structs.write(try Call.find(call).info(), to: out, "out")
            }
        }
        table.progress = { call, progress, total, message in
            crossing { () throws(Refusal) in
                try Call.find(call).progress(progress, total: total, message: message)
            }
        }
        table.log = { call, level, logger, data in
            crossing { () throws(Refusal) in
                try Call.find(call).log(level, logger: logger, data: data)
            }
        }
        table.writable = { call, context, ready in
            crossing { () throws(Refusal) in
                try Call.find(call).writable(try ForeignCallback(context, required: ready, "ready"))
            }
        }
        table.finish = { call, result, error in
            crossing(error) { () throws(Refusal) in try CallExtension.findToFinish(call).finish(foreign: result) }
        }
        table.fail = { call, code, message, data, error in
            crossing(error) { () throws(Refusal) in
                try CallExtension.findToFinish(call).fail(code: code, message: message, data: data)
            }
        }
        table.disconnect = { call, retry, error in
            crossing(error) { () throws(Refusal) in try Call.find(call).disconnect(retryMilliseconds: retry) }
        }
        return table
    }

    /// A call that is gone had its outcome: finishing it again is late, not stale (A9).
    static func findToFinish(_ handle: ambit_call) throws(Refusal) -> Call {
        if let call = HandleTable.shared.object(handle, .call, as: Call.self) { return call }
        guard HandleTable.shared.isSpent(handle, .call) else { throw .stale("call") }
        HandleTable.shared.lastOwner(handle).flatMap { PluginInstance.living($0) }?.services.runtime.ledger.count("calls.late")
        throw Call.finishedBefore
    }
}
