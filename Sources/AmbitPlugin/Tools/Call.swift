/// A call: the life of one handler, of a tool, a resource, a prompt or a completion. Its scope ends when the handler has finished and its answer is sent, or when the call is
/// cancelled, its client is gone, or its time is up.
public struct Call: Sendable {
    let handle: ambit_call
    public let host: Host
    /// The request scope: what the handler starts here ends with the call.
    public let scope: Scope
    /// Somebody reads progress; else `progress` only resets the idle limit.
    public let wantsProgress: Bool
    /// The lowest level that the client wants; nil: none.
    public let logLevel: LogLevel?

    /// nil: the call has ended already.
    init?(_ handle: ambit_call, host: Host) {
        guard let info = Call.info(handle, host.runtime) else { return nil }
        self.handle = handle
        self.host = host
        scope = Scope(handle: info.scope, runtime: host.runtime)
        wantsProgress = info.wants_progress != 0
        logLevel = LogLevel(rawValue: info.log_level)
    }

    /// The arguments as the client sent them: a raw JSON object. Empty after the call has ended.
    public var arguments: String { text(\.arguments) }
    /// Of the tool or prompt; the URI or the template of a resource.
    public var name: String { text(\.name) }

    /// Who calls, from where, and until when; asked for each time. After the call has ended it is that of a nameless client.
    public var context: CallContext { CallContext(handle, host.runtime) }

    /// The call is ending. For handlers that block; those that wait get `CancellationError` where they wait.
    public var isCancelled: Bool { !scope.isOpen }

    /// Reports progress and resets the idle limit. Never waits: false means that the client reads too slowly, or has gone, and this one was
    /// dropped. Progress must grow with each report.
    @discardableResult
    public func progress(_ value: Double, of total: Double? = nil, _ message: String = "") -> Bool {
        message.withAmbitText { message in
            host.runtime.tables.call.progress(handle, value, total ?? -1, message) == Status.ok.rawValue
        }
    }

    /// Closes the connection that the client reads this call on, so that nothing is held open while the call takes its time. The call goes
    /// on: the client comes back after `retryAfter`, five minutes at most, and reads what it has missed.
    ///
    /// Throws `.unsupported` where the client would not come back, which only those of 2025-11-25 do, over HTTP; `try?` is enough for most.
    public func disconnectClient(retryAfter: Duration = .seconds(1)) throws(AmbitError) {
        let (seconds, attoseconds) = retryAfter.components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { throw AmbitError(.invalidArgument, "retryAfter is \(retryAfter): five minutes are the most") }
        try AmbitError.check { error in
            host.runtime.tables.call.disconnect(handle, milliseconds + attoseconds / 1_000_000_000_000_000, error)
        }
    }

    /// Ends a session that this plugin minted.
    public func release(session handle: String) throws(AmbitError) {
        try AmbitError.check { error in
            handle.withAmbitText { host.runtime.tables.session.release(self.handle, $0, error) }
        }
    }

    private static func info(_ handle: ambit_call, _ runtime: HostRuntime) -> ambit_call_info? {
        var info = ambit_call_info()
        info.struct_size = UInt32(MemoryLayout<ambit_call_info>.size)
        return Status(rawValue: runtime.tables.call.info(handle, &info)) == .ok ? info : nil
    }

    private func text(_ field: KeyPath<ambit_call_info, ambit_text>) -> String {
        Call.info(handle, host.runtime).map { String($0[keyPath: field]) } ?? ""
    }
}
