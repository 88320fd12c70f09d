/// The two waits of a process, asked of the host once each however many wait, so that cancelled waiters leave nothing behind in it.
final class ProcessWaits: Sendable {
    private struct Asked {
        var started = false
        var exited = false
    }

    private let handle: ambit_process
    private let table: ambit_host_process
    private let asked = Lock(Asked())
    private let start = Completion<Process.Info>()
    private let exit = Completion<Process.Info>()

    init(_ handle: ambit_process, _ table: ambit_host_process) {
        self.handle = handle
        self.table = table
    }

    var lastSeen: Process.Info? {
        if case .success(let info)? = exit.result { return info }
        if case .success(let info)? = start.result { return info }
        return nil
    }

    func started() async throws -> Process.Info {
        let isFirst = asked.withLock { asked in
            defer { asked.started = true }
            return !asked.started
        }
        if isFirst { ask(table.wait_started, start) }
        return try await start.value()
    }

    func exited() async throws -> Process.Info {
        let isFirst = asked.withLock { asked in
            defer { asked.exited = true }
            return !asked.exited
        }
        if isFirst { ask(table.wait, exit) }
        return try await exit.value()
    }

    private typealias Ask = (
        ambit_process, UnsafeMutableRawPointer?,
        (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<ambit_process_info>?) -> Void)?
    ) -> ambit_status

    private func ask(_ function: Ask, _ completion: Completion<Process.Info>) {
        let context = Unmanaged.passRetained(completion)
        let status = Status(
            rawValue: function(handle, context.toOpaque()) { context, info in
                guard let context else { return }
                let completion = Unmanaged<Completion<Process.Info>>.fromOpaque(context).takeRetainedValue()
                completion.resolve(
                    info.map { .success(Process.Info($0.pointee)) } ?? .failure(CancellationError()))
            })
        guard status != .ok else { return }
        context.release()
        completion.resolve(.failure(AmbitError(status, "the process can't be waited for: \(status)").asWaitError))
    }
}
