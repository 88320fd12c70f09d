import CLinux
import JSON

/// Where `ambit tools` and `ambit call` find tools: a running server, or this process.
protocol ToolChannel {
    /// What `ToolListing` reads.
    func tools() throws -> JSONValue
    /// Calls and waits. Events are MCP's notifications.
    ///
    /// - Parameter deadline: CLOCK_MONOTONIC, nanoseconds; nil: the tool's own limits.
    func call(
        _ tool: String, _ arguments: [UInt8], by deadline: Int64?, _ interrupts: Interrupts, event: (JSONValue) -> Void
    ) throws -> ToolOutcome
}

enum ToolOutcome {
    /// A result of `tools/call`, also that of a tool that failed.
    case result(JSONValue)
    /// The call was refused, or failed outside its tool.
    case failed(String)
    case timedOut
    case interrupted
}
