/// What a follower gets at once.
struct FollowBatch: Equatable, Sendable {
    static let longestLook = 4096
    /// With a regular expression, which may cost much on each.
    static let longestSearch = 16

    var lines: [Line] = []
    /// The last line that was looked at.
    var cursor: Int
    /// Lines that were dropped before this follower could read them.
    let gap: Int
    /// Nothing is left to be read now.
    var isAtEnd = false
    var status = ProcessStatus.running

    init(cursor: Int, gap: Int) {
        self.cursor = cursor
        self.gap = gap
    }

    /// Nothing will ever come after this.
    var isLast: Bool { isAtEnd && status.isOver }
}
