/// A child process with everything that it started, owned by the scope that started it.
public struct Process: Promotable {
    /// Its identity (S18).
    public let handle: UInt64
    let table: ambit_host_process
    private let waits: ProcessWaits
    private let reader: OutputReader

    init(handle: ambit_process, runtime: HostRuntime, table: ambit_host_process) {
        self.handle = handle
        self.table = table
        waits = ProcessWaits(handle, table)
        reader = OutputReader(handle, table)
    }

    /// How it is now. After `forget`, or when its scope has ended, what `wait` or `started` have seen.
    public var info: Info {
        var info = ambit_process_info()
        info.struct_size = UInt32(MemoryLayout<ambit_process_info>.size)
        if Status(rawValue: table.info(handle, &info)) == .ok { return Info(info) }
        return waits.lastSeen ?? Info(ambit_process_info())
    }

    /// What it writes, in the order in which it came, to the end.
    public var output: Output { Output(reader: reader) }

    /// Waits until it runs. Throws `.failed` with errno in `detail` when it could not be started.
    @discardableResult
    public func started() async throws -> Info {
        let info = try await waits.started()
        guard info.state != .failed else {
            throw AmbitError(.failed, "the program could not be started (errno \(info.error))", detail: Int64(info.error))
        }
        return info
    }

    /// Waits until it has exited and its output has been read to the end.
    public func wait() async throws -> Info { try await waits.exited() }

    /// Writes to its input, all of it. One writer at a time. After `CancellationError` a part may be written.
    public func write(_ bytes: [UInt8]) async throws {
        try Task.checkCancellation()
        let written = Completion<Void>()
        let context = Unmanaged.passRetained(written)
        let status = bytes.withAmbitBytes { bytes in
            Status(
                rawValue: table.write(handle, bytes, context.toOpaque()) { context, status in
                    guard let context else { return }
                    let written = Unmanaged<Completion<Void>>.fromOpaque(context).takeRetainedValue()
                    written.resolve(Process.result(Status(rawValue: status)))
                })
        }
        guard status == .ok else {
            context.release()
            return try Process.result(status).get()
        }
        try await written.value()
    }

    public func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// The program reads the end of its input.
    public func closeInput() { _ = table.close_input(handle) }

    /// Sends a signal to every process of the tree.
    public func signal(_ number: Int32) throws(AmbitError) {
        let status = Status(rawValue: table.signal(handle, number))
        if status != .ok { throw AmbitError(status, "signal \(number) was not sent: \(status)") }
    }

    /// SIGTERM to the whole tree, and SIGKILL after `grace` (nil: its own) to what is left. `wait` tells the end.
    public func stop(grace: Duration? = nil) throws(AmbitError) {
        let status = Status(rawValue: table.stop(handle, grace.map { max(1, $0.nanoseconds) } ?? 0))
        if status != .ok { throw AmbitError(status, "the process was not stopped: \(status)") }
    }

    /// Gives what the host keeps of an ended process back before its scope ends. Without effect while it runs.
    public func forget() { _ = table.forget(handle) }

    private static func result(_ status: Status) -> Result<Void, any Error> {
        switch status {
        case .ok: .success(())
        case .cancelled: .failure(CancellationError())
        default: .failure(AmbitError(status, "the program's input took no more: \(status)"))
        }
    }
}
