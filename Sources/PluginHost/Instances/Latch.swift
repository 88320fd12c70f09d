internal import Glibc

/// Lets one thread wait, with a deadline, for another: loading is synchronous, and `create` runs on a thread of the plugin.
final class Latch: Sendable {
    /// Never moves; `sem_*` do their own synchronisation.
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

    func open() { sem_post(semaphore) }

    /// False when the time has passed.
    func wait(nanoseconds: Int64) -> Bool {
        var limit = timespec()
        clock_gettime(CLOCK_REALTIME, &limit)
        let total = Int64(limit.tv_nsec) + nanoseconds
        limit.tv_sec += Int(total / 1_000_000_000)
        limit.tv_nsec = Int(total % 1_000_000_000)
        while sem_timedwait(semaphore, &limit) != 0 {
            if errno != EINTR { return false }
        }
        return true
    }
}
