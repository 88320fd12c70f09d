/// Lets threads through once it is open, for code that must wait synchronously: loading a plugin, the main thread's wait for the end.
/// Not for tasks: it blocks.
package final class Latch: Sendable {
    private let semaphore = Semaphore()

    package init() {}

    package func open() { semaphore.signal() }

    package func wait() {
        semaphore.wait()
        // For the next one who waits.
        semaphore.signal()
    }

    /// False when it was not opened in time.
    package func wait(nanoseconds: Int64) -> Bool {
        guard semaphore.wait(nanoseconds: nanoseconds) else { return false }
        semaphore.signal()
        return true
    }
}
