/// Why an arena gave no memory.
package enum ArenaError: Error, Sendable, Equatable, CustomStringConvertible {
    case closed
    case overLimit(limit: Int, used: Int)
    case invalid(size: Int, alignment: Int)
    /// Work of another scope asked.
    case foreign(scope: String, caller: String)
    case noMemory

    package var description: String {
        switch self {
        case .closed: "the arena is closed"
        case .overLimit(let limit, let used): "the arena is full: \(used) of its \(limit) bytes are given out"
        case .invalid(let size, let alignment):
            "\(size) bytes aligned to \(alignment): the size is not negative, the alignment a power of two up to \(Arena.largestAlignment)"
        case .foreign(let scope, let caller): "the arena belongs to \(scope), and \(caller) is not inside that"
        case .noMemory: "the system has no memory left"
        }
    }
}
