/// Where a process is in its life.
enum ProcessStatus: String, CaseIterable, Sendable {
    case starting
    case running
    /// It ended by itself: with an exit code, or by a signal.
    case exited
    /// It ended because somebody here asked it to, or because its scope ended.
    case stopped

    var isOver: Bool { self == .exited || self == .stopped }
}
