/// Whether calls of a tool go on as tasks of their clients (MCP's tasks extension), which ask for the result when they like. The handler does not
/// notice: its call, its scope and its limits stay what they are.
public enum TaskSupport: Int32, Sendable {
    case never = 0
    /// For clients that know tasks, when the call takes long or asks something; others wait for the answer.
    case optional = 1
    /// At once. Clients of 2026-07-28 that know no tasks are refused; sessions of older versions wait for the answer.
    case required = 2
}
