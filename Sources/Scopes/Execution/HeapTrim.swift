internal import CLinux

/// Gives freed memory back to the system some time after something that may have been large has ended.
///
/// The C library keeps it otherwise: what a flood of output or a session took is freed among blocks that live on, and stays resident
/// for good. One pass takes milliseconds, so several ends share one.
package final class HeapTrim: Sendable {
    static let delay: Int64 = 500_000_000

    private let isScheduled = Lock(false)

    /// Something has ended: a pass follows, unless one is due already.
    package func schedule(_ runtime: Runtime) {
        if Fault.isOn("closed-session-retains-nothing") { return }
        let isFirst = isScheduled.withLock { isScheduled in
            defer { isScheduled = true }
            return !isScheduled
        }
        guard isFirst else { return }
        _ = runtime.timers.schedule(after: Self.delay, on: runtime.executor) { [self] in
            isScheduled.withLock { $0 = false }
            ambit_linux_trim_heap()
        }
    }
}
