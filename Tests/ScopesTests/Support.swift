import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Scopes

/// Records what happened, in order.
final class Recorder: Sendable {
    private let entries = Lock<[String]>([])
    func note(_ entry: String) { entries.withLock { $0.append(entry) } }
    var all: [String] { entries.withLock { $0 } }
}

/// Lets a test wait for something that another thread does, with a limit that only a failing test reaches.
final class Gate: Sendable {
    private let semaphore = Semaphore()
    func open() { semaphore.signal() }
    @discardableResult func wait(seconds: Int64 = 10) -> Bool { semaphore.wait(nanoseconds: seconds * 1_000_000_000) }
}

extension Scope {
    /// Closes and blocks the test's thread until it is closed; nil when that takes too long.
    func closeNow(_ reason: Reason = Reason(.completed, by: "test"), limits: CloseLimits? = nil) -> Report? {
        let gate = Gate()
        let box = Lock<Report?>(nil)
        close(reason, limits: limits) { report in
            box.withLock { $0 = report }
            gate.open()
        }
        return gate.wait() ? box.withLock { $0 } : nil
    }
}

/// Lets everything that is queued or running on the host's executor end, and what it sets off there.
func settle(_ runtime: Runtime) { settle(runtime.executor) }

func settle(_ executor: ThreadExecutor) {
    _ = eventually {
        let activity = executor.activity
        return activity.isIdle && executor.activity == activity
    }
}

/// The scope must refuse it because it closes (S5).
func expectClosed(_ body: () throws -> Any, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect("no AcquireError.closed", sourceLocation: sourceLocation) {
        _ = try body()
    } throws: { error in
        if case .some(.closed) = error as? AcquireError { true } else { false }
    }
}

/// AMBIT_SEED, or a new one. The test prints it.
func testSeed() -> UInt64 {
    getenv("AMBIT_SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64.random(in: 0...UInt64.max)
}
