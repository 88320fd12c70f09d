/// One reader of a stream whose reads can't be taken back: a cancelled read goes on in the host, and what it brings is kept for
/// the next one.
///
/// Pure. At most one read is under way and at most one chunk is kept.
struct ReaderState<Chunk, Waiter> {
    enum Action {
        /// Ask the host for a chunk; `Waiter` is kept.
        case read
        /// A read is under way; `Waiter` is kept.
        case wait
        case deliver(Chunk)
        case ended
        /// Somebody else is reading.
        case busy
        case cancelled
    }

    private enum Phase {
        case idle
        case reading((id: UInt64, waiter: Waiter)?)
        case kept(Chunk)
        case ended
    }

    private var phase = Phase.idle
    private var lastID: UInt64 = 0

    /// A name for one read, so that its cancellation finds it.
    mutating func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    /// `cancelled` is the reading task's flag, read under the owner's lock (see `CompletionState.register`).
    mutating func read(_ id: UInt64, _ waiter: Waiter, cancelled: Bool) -> Action {
        if cancelled { return .cancelled }
        switch phase {
        case .idle:
            phase = .reading((id, waiter))
            return .read
        case .reading(nil):
            phase = .reading((id, waiter))
            return .wait
        case .reading:
            return .busy
        case .kept(let chunk):
            phase = .idle
            return .deliver(chunk)
        case .ended:
            return .ended
        }
    }

    /// The host's answer: a chunk, or nil for the end. Gives the waiter to resume with it.
    mutating func arrived(_ chunk: Chunk?) -> Waiter? {
        guard case .reading(let reader) = phase else {
            if chunk == nil { phase = .ended }
            return nil
        }
        if let chunk {
            phase = reader == nil ? .kept(chunk) : .idle
        } else {
            phase = .ended
        }
        return reader?.waiter
    }

    /// The waiter to resume as cancelled; the read goes on without it.
    mutating func cancel(_ id: UInt64) -> Waiter? {
        guard case .reading(let reader?) = phase, reader.id == id else { return nil }
        phase = .reading(nil)
        return reader.waiter
    }
}
