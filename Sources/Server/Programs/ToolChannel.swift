import JSON
import MCP

/// Where `ambit tools` and `ambit call` find tools: a running server, or this process.
protocol ToolChannel {
    /// What `ToolListing` reads.
    func tools() throws -> JSONValue
    /// Why it has no tools; nil where that can't be known.
    func whyNone() -> String?
    /// Calls and waits. Events are MCP's notifications.
    func call(_ call: ToolRequest, _ interrupts: Interrupts, event: (JSONValue) -> Void) throws -> ToolOutcome
}

/// What `ambit call` asks for.
struct ToolRequest {
    let tool: String
    /// One JSON object.
    let arguments: [UInt8]
    /// CLOCK_MONOTONIC, nanoseconds; nil: the tool's own limits.
    let deadline: Int64?
    /// Whether a session that the tool begins outlives the call.
    let keepsSession: Bool
}

enum ToolOutcome {
    /// A result of `tools/call`, also that of a tool that failed.
    case result(JSONValue)
    /// The call was refused, or failed outside its tool.
    case failed(String)
    case timedOut
    case interrupted

    /// - Parameter code: JSON-RPC's.
    static func refused(_ code: Int64?, _ message: String?) -> ToolOutcome {
        guard code == Int64(ProtocolError.Code.missingCapability) else { return .failed(message ?? "the call was refused") }
        // Which one is all that the message says beyond the code.
        let capability = message?.split(separator: " ").last.map(String.init) ?? ""
        return .failed(
            capability.hasSuffix("/tasks")
                ? "this tool runs as a task only, which `ambit call` knows nothing of: call it from an MCP client that does"
                : "this tool asks its client (\(capability)), and `ambit call` can't answer: call it from an MCP client that can")
    }
}
