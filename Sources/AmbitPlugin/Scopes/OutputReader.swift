/// Reads one process, for whoever reads at the moment.
final class OutputReader: Sendable {
    private typealias Waiter = CheckedContinuation<Process.Chunk?, any Error>
    private let handle: ambit_process
    private let table: ambit_host_process
    private let state = Lock(ReaderState<Process.Chunk, Waiter>())

    init(_ handle: ambit_process, _ table: ambit_host_process) {
        self.handle = handle
        self.table = table
    }

    func next() async throws -> Process.Chunk? {
        let id = state.withLock { $0.nextID() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (waiter: Waiter) in
                switch state.withLock({ $0.read(id, waiter, cancelled: Task.isCancelled) }) {
                case .read: read()
                case .wait: break
                case .deliver(let chunk): waiter.resume(returning: chunk)
                case .ended: waiter.resume(returning: nil)
                case .busy:
                    waiter.resume(throwing: AmbitError(.invalidArgument, "somebody else reads this process's output"))
                case .cancelled: waiter.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            state.withLock { $0.cancel(id) }?.resume(throwing: CancellationError())
        }
    }

    private func read() {
        let context = Unmanaged.passRetained(self)
        let status = Status(
            rawValue: table.read(handle, context.toOpaque()) { context, status, stream, chunk in
                guard let context else { return }
                let reader = Unmanaged<OutputReader>.fromOpaque(context).takeRetainedValue()
                let stream = Process.Stream(rawValue: stream) ?? .output
                reader.arrived(
                    Status(rawValue: status) == .ok ? Process.Chunk(stream: stream, bytes: [UInt8](chunk)) : nil)
            })
        guard status != .ok else { return }
        context.release()
        arrived(nil)
    }

    private func arrived(_ chunk: Process.Chunk?) {
        state.withLock { $0.arrived(chunk) }?.resume(returning: chunk)
    }
}
