/// Whether calls of a tool go on as tasks of their clients (tasks extension); the numbers are those of the ABI.
package enum TaskSupport: Int32, Sendable {
    case never = 0
    /// For clients that know tasks, when it takes long or asks something.
    case optional = 1
    /// At once; clients of 2026-07-28 that know no tasks are refused.
    case required = 2
}
