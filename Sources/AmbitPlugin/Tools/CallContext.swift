/// Who calls, from where, and until when: what a handler may know beyond its arguments.
public struct CallContext: Sendable {
    /// Who set the deadline.
    public enum DeadlineSource: Int32, Sendable {
        case none = 0
        case host = 1
        case tool = 2
    }

    public let era: Era
    /// "2025-11-25".
    public let protocolVersion: String
    /// Stable id of who asks; empty: nobody in particular. Not a token.
    public let principal: String
    /// May be empty; never base a decision on it.
    public let clientName: String
    public let clientVersion: String
    /// What the client says it can do: a raw JSON object.
    public let clientCapabilities: String
    /// W3C trace context; may be empty.
    public let traceParent: String
    public let traceState: String
    /// CLOCK_MONOTONIC in nanoseconds (`Host.now`); nil: none.
    public let deadline: Int64?
    public let deadlineSource: DeadlineSource
    /// Key of the protocol session, the same for all its calls; nil where there is none.
    public let session: UInt64?
    /// What the client calls the progress of this call, a string or a number; nil: it wants none. `Call.progress` needs it not.
    public let progressToken: JSON?

    init(_ call: ambit_call, _ runtime: HostRuntime) {
        var info = ambit_context_info()
        info.struct_size = UInt32(MemoryLayout<ambit_context_info>.size)
        let isKnown = runtime.tables.context.get(call, &info) == Status.ok.rawValue
        era = Era(rawValue: info.era) ?? .modern
        protocolVersion = String(info.protocol_version)
        principal = String(info.principal)
        clientName = String(info.client_name)
        clientVersion = String(info.client_version)
        clientCapabilities = isKnown ? String(info.client_capabilities) : "{}"
        traceParent = String(info.trace_parent)
        traceState = String(info.trace_state)
        deadline = !isKnown || info.deadline_ns == .max ? nil : info.deadline_ns
        deadlineSource = DeadlineSource(rawValue: info.deadline_source) ?? .none
        session = info.session == 0 ? nil : info.session
        progressToken = info.progress_token.size == 0 ? nil : try? JSON(parsing: String(info.progress_token))
    }
}
