/// The context of a blocking task: lives from `spawn` to `destroyed`.
final class BlockingWork: Sendable {
    let cancellation = Cancellation()
    /// What its waiters get when the scope closed before a thread was free.
    let neverRan: @Sendable () -> Void
    private let run: @Sendable (Cancellation) -> Void

    init(run: @escaping @Sendable (Cancellation) -> Void, neverRan: @escaping @Sendable () -> Void) {
        self.run = run
        self.neverRan = neverRan
    }

    func perform() { run(cancellation) }
}
