extension Call {
    /// Sends a log message to the client of this call, if it wants that level. Where the client reads slowly this waits until there is room, so
    /// nothing is lost and nothing grows.
    ///
    /// Throws `CancellationError` when the call ends.
    public func log(_ level: LogLevel, _ data: JSON, logger: String = "") async throws {
        guard wants(level) else { return }
        try await log(level, rawJSON: data.text, logger: logger)
    }

    /// Like `log(_:_:logger:)`, for JSON text at hand, which the host checks.
    public func log(_ level: LogLevel, rawJSON: String, logger: String = "") async throws {
        while true {
            let status = tryLog(level, rawJSON: rawJSON, logger: logger)
            switch status {
            case .ok: return
            case .full: try await writable()
            case .closed, .cancelled, .staleHandle, .alreadyFinished: throw CancellationError()
            default: throw AmbitError(status, "the log message was refused: \(status)")
            }
        }
    }

    /// Sends without waiting. `.ok` also when the client doesn't want that level; `.full`: nothing was queued.
    public func tryLog(_ level: LogLevel, _ data: JSON, logger: String = "") -> Status {
        wants(level) ? tryLog(level, rawJSON: data.text, logger: logger) : .ok
    }

    private func tryLog(_ level: LogLevel, rawJSON: String, logger: String) -> Status {
        guard wants(level) else { return .ok }
        return logger.withAmbitText { logger in
            rawJSON.withAmbitText { data in
                Status(rawValue: host.runtime.tables.call.log(handle, level.rawValue, logger, data))
            }
        }
    }

    private func wants(_ level: LogLevel) -> Bool {
        logLevel.map { level >= $0 } ?? false
    }

    /// Waits until the client's queue has room again. Throws `CancellationError` when the call ends first.
    func writable() async throws {
        let room = Completion<Void>()
        let context = Unmanaged.passRetained(room)
        let status = Status(
            rawValue: host.runtime.tables.call.writable(handle, context.toOpaque()) { context, status in
                guard let context else { return }
                let room = Unmanaged<Completion<Void>>.fromOpaque(context).takeRetainedValue()
                room.resolve(Status(rawValue: status) == .ok ? .success(()) : .failure(CancellationError()))
            })
        guard status == .ok else {
            context.release()
            throw CancellationError()
        }
        try await room.value()
    }
}
