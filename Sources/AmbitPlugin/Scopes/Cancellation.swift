/// Tells a blocking task whether its scope wants it to end. Nothing interrupts it: it has to look.
public struct Cancellation: Sendable {
    private final class Flag: Sendable {
        let value = Lock(false)
    }

    private let flag = Flag()

    public var isCancelled: Bool { flag.value.withLock { $0 } }

    public func check() throws(CancellationError) {
        if isCancelled { throw CancellationError() }
    }

    func cancel() { flag.value.withLock { $0 = true } }
}
