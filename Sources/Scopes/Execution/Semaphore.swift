internal import Glibc

/// A counting semaphore for threads that wait for work. Not for tasks: it blocks.
final class Semaphore: Sendable {
    /// Never moves while it is in use; `sem_*` do their own synchronisation.
    private nonisolated(unsafe) let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        semaphore.initialize(to: sem_t())
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() {
        while sem_wait(semaphore) != 0 && errno == EINTR {}
    }

    /// Waits at the most so many nanoseconds; false when the time has passed.
    func wait(nanoseconds: Int64) -> Bool {
        var limit = timespec()
        clock_gettime(CLOCK_REALTIME, &limit)
        let total = Int64(limit.tv_nsec) + nanoseconds
        limit.tv_sec += Int(total / 1_000_000_000)
        limit.tv_nsec = Int(total % 1_000_000_000)
        while true {
            if sem_timedwait(semaphore, &limit) == 0 { return true }
            if errno != EINTR { return false }
        }
    }
}
