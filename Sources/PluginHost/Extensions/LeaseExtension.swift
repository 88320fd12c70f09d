internal import CAmbit
internal import Scopes

/// `ambit.lease/1`.
enum LeaseExtension {
    static var table: ambit_host_lease {
        var table = ambit_host_lease()
        table.acquire = { scope, options, context, done, waiter, error in
            crossing(error) { () throws(Refusal) in
                let id = try PluginLease.acquire(
                    options, in: try ScopeEntry.find(scope), try ForeignCallback(context, required: done, "done"))
                waiter?.pointee = id
            }
        }
        table.cancel_wait = { scope, waiter in
            crossing { () throws(Refusal) in try PluginLease.cancelWait(waiter, try ScopeEntry.find(scope).instance) }
        }
        table.built = { host, build, status, value, message in
            crossing { () throws(Refusal) in
                let instance = try HostExtensions.instance(host)
                let result: Result<LeaseItem, LeaseError> =
                    status == statusOK
                    ? .success(LeaseItem(pointer: value))
                    : .failure(LeaseError(try message.optionalString("message") ?? "the build failed with status \(status)"))
                guard instance.leases.answer(build, result) else {
                    throw Refusal(.notFound, "there is no such build, or it was answered, or its scope has closed")
                }
            }
        }
        table.release = { handle in
            crossing { () throws(Refusal) in try PluginLease.find(handle).release(handle) }
        }
        return table
    }
}
