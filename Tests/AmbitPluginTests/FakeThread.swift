import Glibc

@testable import AmbitPlugin

/// One thread that runs jobs in order: the fake host's executor, and the "other thread" that its callbacks come on.
final class FakeThread: @unchecked Sendable {  // guarded by `mutex`
    private var mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [() -> Void] = []
    private var ended = false
    private var thread = pthread_t()

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<FakeThread>.fromOpaque(context).takeRetainedValue().loop() }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        pthread_detach(thread)
    }

    var isCurrent: Bool { pthread_equal(pthread_self(), thread) != 0 }

    /// False once it has ended.
    @discardableResult func post(_ job: @escaping () -> Void) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if ended { return false }
        jobs.append(job)
        pthread_cond_signal(condition)
        return true
    }

    func end() {
        pthread_mutex_lock(mutex)
        ended = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    private func loop() {
        while true {
            pthread_mutex_lock(mutex)
            while jobs.isEmpty && !ended { pthread_cond_wait(condition, mutex) }
            if jobs.isEmpty {
                pthread_mutex_unlock(mutex)
                return
            }
            let job = jobs.removeFirst()
            pthread_mutex_unlock(mutex)
            job()
        }
    }
}
