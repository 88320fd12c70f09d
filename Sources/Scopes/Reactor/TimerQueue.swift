/// All timers of a server in one heap (S17): starting and cancelling are O(log n), and no system call is made on the hot path.
///
/// The thread that drives it (the reactor, or a test's manual clock) calls `fireDue`. It is woken only for a deadline earlier than
/// the one it sleeps for; cancelling never wakes it.
package final class TimerQueue: Sendable {
    /// One timer. Owned by the queue until it has fired or was cancelled.
    package final class Entry: Sendable {
        // Guarded by the queue's lock.
        fileprivate nonisolated(unsafe) var deadline: Int64
        fileprivate nonisolated(unsafe) var position = -1
        fileprivate nonisolated(unsafe) var fire: (@Sendable () -> Void)?
        fileprivate let executor: ThreadExecutor?

        fileprivate init(deadline: Int64, executor: ThreadExecutor?, fire: @escaping @Sendable () -> Void) {
            self.deadline = deadline
            self.executor = executor
            self.fire = fire
        }
    }

    fileprivate struct State {
        var heap: ContiguousArray<Entry> = []
        /// What the driving thread sleeps for; it needs no waking for anything later.
        var armed = Int64.max
    }

    private let state = Lock(State())
    private let clock: @Sendable () -> Int64
    private let wake: @Sendable () -> Void

    init(clock: @escaping @Sendable () -> Int64, wake: @escaping @Sendable () -> Void) {
        self.clock = clock
        self.wake = wake
    }

    /// How many timers are pending.
    package var count: Int { state.withLock { $0.heap.count } }

    /// Runs `fire` once after so many nanoseconds: posted to `executor`, or on the driving thread, where it must be tiny.
    @discardableResult
    package func schedule(
        after nanoseconds: Int64, on executor: ThreadExecutor? = nil, _ fire: @escaping @Sendable () -> Void
    ) -> Entry {
        let (deadline, overflow) = clock().addingReportingOverflow(max(0, nanoseconds))
        return schedule(at: overflow ? .max : deadline, on: executor, fire)
    }

    /// The same for an instant of the runtime's clock.
    @discardableResult
    package func schedule(
        at deadline: Int64, on executor: ThreadExecutor? = nil, _ fire: @escaping @Sendable () -> Void
    ) -> Entry {
        let entry = Entry(deadline: deadline, executor: executor, fire: fire)
        let mustWake = state.withLock { state -> Bool in
            state.insert(entry)
            guard deadline < state.armed else { return false }
            state.armed = deadline
            return true
        }
        if mustWake { wake() }
        return entry
    }

    /// True when the timer will not fire; false when it has fired, is firing, or was cancelled already.
    @discardableResult
    package func cancel(_ entry: Entry) -> Bool {
        let fire = state.withLock { state -> (@Sendable () -> Void)? in
            guard entry.position >= 0 else { return nil }
            state.remove(entry)
            return entry.fire.take()
        }
        return fire != nil
    }

    /// The earliest deadline; nil: nothing is pending.
    package func firstDeadline() -> Int64? { state.withLock { $0.heap.first?.deadline } }

    /// The instant to sleep until; nil: nothing is pending. Only the driving thread calls this.
    ///
    /// An earlier instant that it was going to sleep until is kept although its timer is gone: one idle wake-up then spares a wake-up for each
    /// timer that is started and cancelled meanwhile, which is what calls do (`startingAndCancellingDoesNotWakeTheSleeper` fails without this).
    func sleepDeadline(now: Int64) -> Int64? {
        state.withLock { state in
            let kept = state.armed > now ? state.armed : .max
            state.armed = min(state.heap.first?.deadline ?? .max, kept)
            return state.armed == .max ? nil : state.armed
        }
    }

    /// Fires what is due at `now`, in order of deadlines. Only the driving thread calls this.
    func fireDue(now: Int64) {
        while true {
            let due = state.withLock { state -> (ThreadExecutor?, @Sendable () -> Void)? in
                guard let first = state.heap.first, first.deadline <= now else { return nil }
                state.remove(first)
                guard let fire = first.fire.take() else { return nil }
                return (first.executor, fire)
            }
            guard let (executor, fire) = due else { return }
            if let executor { executor.post(fire) } else { fire() }
        }
    }
}

extension TimerQueue.State {
    fileprivate mutating func insert(_ entry: TimerQueue.Entry) {
        entry.position = heap.count
        heap.append(entry)
        siftUp(entry.position)
    }

    fileprivate mutating func remove(_ entry: TimerQueue.Entry) {
        let position = entry.position
        entry.position = -1
        let last = heap.removeLast()
        guard last !== entry else { return }
        heap[position] = last
        last.position = position
        siftUp(position)
        siftDown(last.position)
    }

    private mutating func siftUp(_ start: Int) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard heap[position].deadline < heap[parent].deadline else { return }
            exchange(position, parent)
            position = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var position = start
        while true {
            var least = position
            for child in (2 * position + 1)...(2 * position + 2) where child < heap.count {
                if heap[child].deadline < heap[least].deadline { least = child }
            }
            guard least != position else { return }
            exchange(position, least)
            position = least
        }
    }

    private mutating func exchange(_ a: Int, _ b: Int) {
        heap.swapAt(a, b)
        heap[a].position = a
        heap[b].position = b
    }
}
