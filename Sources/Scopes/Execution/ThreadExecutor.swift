/// A task executor with threads of its own: the host has one, each plugin has one (S21). Nothing that the host must do waits for
/// Swift's shared pool.
///
/// Owns its threads until `stop`. Jobs are never refused: after `stop` they run on the poster's thread.
package final class ThreadExecutor: TaskExecutor, Sendable {
    private let workers: Workers

    package init(name: String, threads: Int) {
        workers = Workers(.init(name: name, threads: threads, queueLimit: nil, idleLimit: nil))
    }

    deinit { workers.stop(within: 0) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if !workers.submit(.task(job, self)) { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    package func post(_ job: @escaping @Sendable () -> Void) {
        if !workers.submit(.closure(job)) { job() }
    }

    /// Runs `job(context)` without allocating a closure; false, and nothing runs, once stopped. The context stays the caller's.
    package func post(
        _ context: UnsafeMutableRawPointer?, _ job: @escaping @convention(c) (UnsafeMutableRawPointer?) -> Void
    ) -> Bool {
        workers.submit(.function(.init(pointer: context), job))
    }

    /// Whether the calling thread is one of its threads.
    package var isCurrent: Bool { workers.isCurrent }

    /// Whether jobs may run on the poster's thread: after `stop`, or where no thread could be started.
    package var hasStopped: Bool { workers.hasStopped }

    /// Jobs that wait for a thread.
    package var depth: Int { workers.depth }

    package var activity: Activity { workers.activity }

    /// One thread more, for one that an abandoned job holds (S22).
    package func addThread() { workers.addThread() }

    /// Runs what waits, then ends the threads; waits for them up to `nanoseconds`, unless called on one of them. False when some
    /// still run then.
    @discardableResult
    package func stop(within nanoseconds: Int64 = 1_000_000_000) -> Bool { workers.stop(within: nanoseconds) }
}

/// Threads for work that blocks, with a bounded queue (S22). They start on demand and end after 30 s without work.
package final class BlockingPool: Sendable {
    /// How many abandoned threads are replaced before the plugin counts as failed (S22).
    package static let replacements = 4

    private let workers: Workers
    private let replaced = Lock<Int>(0)

    package init(name: String, threads: Int = 4, queue: Int = 64) {
        workers = Workers(.init(name: name, threads: threads, queueLimit: queue, idleLimit: 30_000_000_000))
    }

    deinit { workers.stop(within: 0) }

    /// False when the queue is full or the pool has stopped; then nothing runs.
    package func submit(_ job: @escaping @Sendable () -> Void) -> Bool { workers.submit(.closure(job)) }

    package var isCurrent: Bool { workers.isCurrent }
    package var hasStopped: Bool { workers.hasStopped }
    package var depth: Int { workers.depth }
    package var activity: Activity { workers.activity }

    /// Allows a thread in place of one that an abandoned call holds; false when that happened too often.
    package func replaceAbandonedThread() -> Bool {
        let allowed = replaced.withLock { count -> Bool in
            guard count < Self.replacements else { return false }
            count += 1
            return true
        }
        if allowed { workers.addThread() }
        return allowed
    }

    @discardableResult
    package func stop(within nanoseconds: Int64 = 1_000_000_000) -> Bool { workers.stop(within: nanoseconds) }
}
