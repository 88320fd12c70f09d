internal import CAmbit
internal import Scopes

/// A reply slot of a plugin. Its handle is gone when its outcome was handed over.
final class PluginReply: Sendable {
    typealias Done = @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<ambit_reply_result>?) -> Void

    let reply: Reply
    let instance: PluginInstance
    let entry: ScopeEntry
    private let waiting: OneWait<Done>

    private init(_ reply: Reply, _ entry: ScopeEntry) {
        self.reply = reply
        self.entry = entry
        instance = entry.instance
        waiting = OneWait(entry.instance)
    }

    static func open(
        _ options: UnsafePointer<ambit_reply_options>?, in entry: ScopeEntry, id: UnsafeMutablePointer<CChar>?
    ) throws(Refusal) -> ambit_reply {
        let options = try Structs.read(options, "options")
        let id = try UnsafeMutablePointer.required(id, "id")
        guard options.timeout_ns > 0 else { throw .invalid("options.timeout_ns is \(options.timeout_ns): it is more than 0") }
        let label = try options.label.string("options.label")
        let target = options.target == 0 ? nil : try ScopeEntry.find(options.target)
        let reply: Reply
        do throws(AcquireError) {
            reply = try entry.scope.reply(
                label: label, timeoutNanoseconds: options.timeout_ns, alsoEndsWith: target?.scope, on: entry.instance.executor)
        } catch {
            throw Refusal(error)
        }
        do throws(Refusal) {
            let handle = try entry.name(.reply, PluginReply(reply, entry))
            CAmbitText.write(reply.id, to: UnsafeMutableRawPointer(id), capacity: Int(AMBIT_REPLY_ID_CAPACITY))
            return handle
        } catch {
            reply.close()
            throw error
        }
    }

    static func find(_ handle: ambit_reply) throws(Refusal) -> PluginReply {
        guard let reply = HandleTable.shared.object(handle, .reply, as: PluginReply.self) else { throw .stale("reply") }
        return reply
    }

    func wait(_ handle: ambit_reply, _ done: ForeignCallback<Done>) throws(Refusal) -> UInt64 {
        try waiting.begin(done, "a wait for this reply") {
            reply.wait { [self] outcome in
                entry.forget(handle)
                guard let done = waiting.take() else { return }
                PluginJob.run(instance) { outcome.withForeign { done.function(done.context, $0) } }
                instance.gate.leave()
            }
        }
    }

    /// The wait ends early, and is told so; the slot stays open.
    func cancelWait(_ waiter: UInt64) throws(Refusal) {
        guard reply.cancelWait(waiter), let done = waiting.take() else { throw Refusal(.notFound, "this wait is done already") }
        instance.deliver {
            var result = ambit_reply_result()
            result.struct_size = UInt32(MemoryLayout<ambit_reply_result>.size)
            result.status = Refusal.Status.cancelled.raw
            done.function(done.context, &result)
        }
    }

    func close(_ handle: ambit_reply) {
        reply.close()
        entry.forget(handle)
    }
}

extension ReplyOutcome {
    /// Lends the outcome to a callback of a plugin.
    func withForeign(_ body: (UnsafePointer<ambit_reply_result>) -> Void) {
        var result = ambit_reply_result()
        result.struct_size = UInt32(MemoryLayout<ambit_reply_result>.size)
        switch self {
        case .value(let payload):
            payload.withUnsafeBytes {
                result.payload = ambit_bytes(borrowing: $0)
                body(&result)
            }
        case .timedOut:
            result.status = Refusal.Status.timedOut.raw
            body(&result)
        case .closed(let reason):
            result.status = Refusal.Status.closed.raw
            var text = "\(reason)"
            text.withUTF8 {
                result.reason = ambit_text(borrowing: UnsafeRawBufferPointer($0))
                body(&result)
            }
        }
    }
}
