/// What a query found.
struct LinePage: Equatable, Sendable {
    var lines: [Line] = []
    /// Pass it as `after` to go on.
    var cursor: Int
    /// There are further matches after `cursor`.
    var more = false
    /// Lines after the asked cursor that the store no longer has.
    var dropped: Int
    /// Matches before the first of `lines`, left out because only the newest were asked for.
    var omitted = 0

    init(cursor: Int, dropped: Int) {
        self.cursor = cursor
        self.dropped = dropped
    }
}
