/// A one-shot slot for an answer that comes from elsewhere, under a name that nobody can guess. Owned by the scope that opened it: it is
/// resolved exactly once, or times out, or closes with that scope.
public struct Reply: Promotable {
    /// What whoever answers has to know: pass it on to them, and what comes back to `Host.resolve(id:payload:)`.
    public let id: String
    /// Its identity (S18).
    public let handle: UInt64
    let runtime: HostRuntime
    let table: ambit_host_reply

    private typealias Outcome = Result<[UInt8], AmbitError>

    /// Waits for the answer, which ends the slot. One wait at a time.
    ///
    /// Throws `.timedOut`, or `.closed` with the reason, or `CancellationError`; after the latter the slot is still open.
    public func value() async throws -> [UInt8] {
        try Task.checkCancellation()
        let (handle, table) = (handle, table)
        let outcome = await HostWait<Outcome>().answer { wait in
            let context = Unmanaged.passRetained(wait)
            var waiter: UInt64 = 0
            do throws(AmbitError) {
                try AmbitError.check { error in
                    table.wait(
                        handle, context.toOpaque(),
                        { context, result in
                            guard let context else { return }
                            Unmanaged<HostWait<Outcome>>.fromOpaque(context).takeRetainedValue()
                                .resolve(Reply.outcome(result))
                        }, &waiter, error)
                }
                return .waiting(waiter)
            } catch {
                context.release()
                return .refused(.failure(error))
            }
        } end: { waiter in
            _ = table.cancel_wait(handle, waiter)
        }
        switch outcome {
        case .success(let payload): return payload
        case .failure(let error): throw error.asWaitError
        }
    }

    /// Gives the slot up: who waits gets `.closed`, and an answer that comes later is dropped.
    public func close() { _ = table.close(handle) }

    private static func outcome(_ result: UnsafePointer<ambit_reply_result>?) -> Outcome {
        guard let result = result?.pointee else { return .failure(AmbitError(.closed)) }
        let status = Status(rawValue: result.status)
        switch status {
        case .ok: return .success([UInt8](result.payload))
        case .timedOut: return .failure(AmbitError(status, "no answer came in time"))
        default:
            let reason = String(result.reason)
            return .failure(AmbitError(status, reason.isEmpty ? "the reply slot was closed" : "the reply slot was closed: \(reason)"))
        }
    }
}
