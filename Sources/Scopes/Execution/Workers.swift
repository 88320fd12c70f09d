internal import CLinux
internal import Glibc

/// Named threads that empty one queue: what `ThreadExecutor` and `BlockingPool` are made of.
///
/// Threads start on demand. They hold the object until they end, which is after `stop` or when they were idle for `idleLimit`.
final class Workers: Sendable {
    enum Job: Sendable {
        /// The executor is held until the job has run: tasks see it while they run here.
        case task(UnownedJob, ThreadExecutor)
        case closure(@Sendable () -> Void)
        /// The context is the poster's and is only passed on.
        case function(Context, @convention(c) (UnsafeMutableRawPointer?) -> Void)

        struct Context: @unchecked Sendable {  // passed on untouched; no lock needed
            let pointer: UnsafeMutableRawPointer?
        }
    }

    struct Configuration: Sendable {
        var name: String
        var threads: Int
        /// Jobs that may wait; nil for executors, whose jobs must never be refused.
        var queueLimit: Int?
        /// Nanoseconds after which an idle thread ends; nil: never.
        var idleLimit: Int64?
    }

    private struct State: ~Copyable {
        var queue = RingBuffer<Job>()
        var idle = 0
        var alive = 0
        var limit: Int
        var stopped = false
        var submitted: UInt64 = 0
    }

    let configuration: Configuration
    private let state: Lock<State>
    private let work = Semaphore()
    private let ended = Semaphore()
    private static let current = ThreadLocal()

    init(_ configuration: Configuration) {
        self.configuration = configuration
        state = Lock(State(limit: configuration.threads))
    }

    /// Whether the calling thread is one of these.
    var isCurrent: Bool { Self.current.value == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// Whether it was told to stop, or no thread could be started: jobs may run on the poster's thread.
    var hasStopped: Bool { state.withLock { $0.stopped || $0.alive == 0 } }

    /// Jobs that wait for a thread.
    var depth: Int { state.withLock { $0.queue.count } }

    var activity: Activity {
        state.withLock { Activity(isIdle: $0.queue.isEmpty && $0.idle == $0.alive, submitted: $0.submitted) }
    }

    private enum Submission { case queued, wake, start(Int), refused }

    /// False when stopped, or when the queue is limited and full.
    func submit(_ job: Job) -> Bool {
        let outcome = state.withLock { state -> Submission in
            if state.stopped { return .refused }
            if let limit = configuration.queueLimit, state.queue.count >= limit, state.idle == 0,
                state.alive >= state.limit
            {
                return .refused
            }
            state.queue.append(job)
            state.submitted += 1
            if state.idle > 0 {
                state.idle -= 1
                return .wake
            }
            if state.alive < state.limit {
                // Threads that stay are started all at once, so that their number does not depend on the load.
                let missing = configuration.idleLimit == nil ? state.limit - state.alive : 1
                state.alive += missing
                return .start(missing)
            }
            return .queued
        }
        switch outcome {
        case .queued: return true
        case .refused: return false
        case .wake: work.signal()
        case .start(let count): for _ in 0..<count { startThread() }
        }
        return true
    }

    /// Allows one thread more, for one that an abandoned job holds (S22).
    func addThread() {
        let start = state.withLock { state -> Bool in
            state.limit += 1
            guard !state.stopped, !state.queue.isEmpty, state.idle == 0 else { return false }
            state.alive += 1
            return true
        }
        if start { startThread() }
    }

    /// Takes no more jobs, runs those that wait, and ends the threads. Waits for them up to `nanoseconds`, unless called on
    /// one of them. False when some are still running then.
    @discardableResult
    func stop(within nanoseconds: Int64) -> Bool {
        let alive = state.withLock { state -> Int in
            state.stopped = true
            return state.alive
        }
        for _ in 0..<alive { work.signal() }
        if isCurrent { return false }
        let limit = Monotonic.now() + nanoseconds
        while state.withLock({ $0.alive }) > 0 {
            let rest = limit - Monotonic.now()
            if rest <= 0 || !ended.wait(nanoseconds: rest) { return state.withLock { $0.alive } == 0 }
        }
        return true
    }

    private func startThread() {
        let box = Unmanaged.passRetained(self)
        var thread = ambit_linux_thread()
        let code = ambit_linux_thread_start(
            configuration.name, 0, { Unmanaged<Workers>.fromOpaque($0!).takeRetainedValue().main() }, box.toOpaque(),
            &thread)
        if code == 0 { _ = ambit_linux_thread_detach(thread) }
        guard code != 0 else { return }
        // No thread to be had: jobs wait for the threads that exist. With none at all the job runs here, so that it is not lost.
        box.release()
        let alone = state.withLock { state -> Bool in
            state.alive -= 1
            return state.alive == 0
        }
        while alone, let job = state.withLock({ $0.queue.popFirst() }) { run(job) }
    }

    private func main() {
        Self.current.value = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        while true {
            enum Next { case job(Job), wait, end }
            let next = state.withLock { state -> Next in
                if let job = state.queue.popFirst() { return .job(job) }
                if state.stopped {
                    state.alive -= 1
                    return .end
                }
                state.idle += 1
                return .wait
            }
            switch next {
            case .job(let job): run(job)
            case .wait:
                if let limit = configuration.idleLimit {
                    if work.wait(nanoseconds: limit) { continue }
                    switch leave() {
                    case .end:
                        ended.signal()
                        return
                    case .again: continue
                    case .signalled: work.wait()
                    }
                } else {
                    work.wait()
                }
            case .end:
                ended.signal()
                return
            }
        }
    }

    private enum Leave {
        case end, again
        /// A poster has counted on this thread; its signal is there or comes at once.
        case signalled
    }

    /// What an idle time-out leads to.
    private func leave() -> Leave {
        state.withLock { state in
            guard state.idle > 0 else { return .signalled }
            state.idle -= 1
            guard state.queue.isEmpty else { return .again }
            state.alive -= 1
            return .end
        }
    }

    private func run(_ job: Job) {
        switch job {
        case .task(let job, let executor): job.runSynchronously(on: executor.asUnownedTaskExecutor())
        case .closure(let body): body()
        case .function(let context, let body): body(context.pointer)
        }
    }
}

/// A pointer of its own for each thread.
struct ThreadLocal: Sendable {
    private let key: pthread_key_t

    init() {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        self.key = key
    }

    var value: UnsafeRawPointer? {
        get { pthread_getspecific(key).map { UnsafeRawPointer($0) } }
        nonmutating set { pthread_setspecific(key, newValue) }
    }
}
