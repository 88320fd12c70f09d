internal import CAmbit
internal import Scopes

/// A holder's count of something that a plugin shares.
final class PluginLease: Sendable {
    typealias Done = @convention(c) (UnsafeMutableRawPointer?, ambit_status, ambit_lease, UnsafeMutableRawPointer?, ambit_text) -> Void

    let lease: Lease<LeaseItem>
    private let entry: ScopeEntry

    private init(_ lease: Lease<LeaseItem>, _ entry: ScopeEntry) {
        self.lease = lease
        self.entry = entry
    }

    static func find(_ handle: ambit_lease) throws(Refusal) -> PluginLease {
        guard let lease = HandleTable.shared.object(handle, .lease, as: PluginLease.self) else { throw .stale("lease") }
        return lease
    }

    /// One wait for what is shared: its `done` is called once, whoever ends it.
    final class Wait: Sendable {
        let build: LeaseBuild
        let entry: ScopeEntry
        private let done: Lock<ForeignCallback<Done>?>

        var isOver: Bool { done.withLock { $0 == nil } }

        init(_ build: LeaseBuild, _ entry: ScopeEntry, _ done: ForeignCallback<Done>) {
            self.build = build
            self.entry = entry
            self.done = Lock(done)
        }

        func end(_ outcome: LeaseOutcome<LeaseItem>?) {
            guard let done = done.withLock({ $0.take() }) else { return }
            let instance = entry.instance
            instance.leases.forget(self)
            instance.deliver { [self] in
                let (status, handle, value, text) = Self.answer(outcome, entry)
                var message = text
                message.withUTF8 {
                    done.function(done.context, status, handle, value?.pointer, ambit_text(borrowing: UnsafeRawBufferPointer($0)))
                }
                build.waitIsDone()
            }
        }

        private static func answer(
            _ outcome: LeaseOutcome<LeaseItem>?, _ entry: ScopeEntry
        ) -> (ambit_status, ambit_lease, LeaseItem?, String) {
            switch outcome {
            case .granted(let lease):
                do throws(Refusal) {
                    let handle = try entry.name(.lease, PluginLease(lease, entry))
                    return (statusOK, handle, lease.value, "")
                } catch {
                    lease.release()
                    return (error.status.raw, 0, nil, error.text)
                }
            case .failed(let text): return (Refusal.Status.failed.raw, 0, nil, text)
            case .closed(let reason): return (Refusal.Status.closed.raw, 0, nil, "\(reason)")
            case nil: return (Refusal.Status.cancelled.raw, 0, nil, "the wait was ended")
            }
        }
    }

    static func acquire(
        _ options: UnsafePointer<ambit_lease_options>?, in entry: ScopeEntry, _ done: ForeignCallback<Done>
    ) throws(Refusal) -> UInt64 {
        let options = try Structs.read(options, "options")
        let key = try options.key.string("options.key")
        guard !key.isEmpty, key.utf8.count <= 256 else { throw .invalid("options.key is 1 to 256 bytes") }
        let instance = entry.instance
        let wait = Wait(try LeaseBuild(options, instance), entry, done)
        // For `done`, and for `destroyed`.
        instance.gate.enter()
        instance.gate.enter()
        do throws(AcquireError) {
            let waiter = try instance.leases.table.acquire(
                key, in: entry.scope, on: instance.executor, build: wait.build.body, done: { wait.end($0) })
            instance.leases.remember(wait, waiter)
            return waiter
        } catch {
            instance.gate.leave()
            instance.gate.leave()
            throw Refusal(error)
        }
    }

    /// The wait ends early, and is told so.
    static func cancelWait(_ waiter: UInt64, _ instance: PluginInstance) throws(Refusal) {
        guard instance.leases.table.cancelWait(waiter), let wait = instance.leases.wait(waiter) else {
            throw Refusal(.notFound, "this wait is done already")
        }
        wait.end(nil)
    }

    func release(_ handle: ambit_lease) {
        lease.release()
        entry.forget(handle)
    }
}
