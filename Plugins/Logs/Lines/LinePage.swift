/// What a query found. What is not in `lines` is counted.
struct LinePage: Equatable, Sendable {
    var lines: [FoundLine] = []
    /// Pass it as `after` to go on.
    var cursor: Int
    /// There are further matches after `cursor`, or it was not looked so far.
    var more = false
    /// How many there are, as far as it was looked.
    var remaining = 0
    /// Lines after the asked cursor that the store no longer has.
    var dropped: Int
    /// Matches before the first of `lines`, left out because only the newest were asked for.
    var omitted = 0
    /// Time was up after this line; nil: all were looked at.
    var searchedTo: Int?
    /// Lines that a regular expression would have cost too much on; they count as found.
    var tooCostly = 0

    init(cursor: Int, dropped: Int) {
        self.cursor = cursor
        self.dropped = dropped
    }
}
