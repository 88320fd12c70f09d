/// A line of a page.
struct FoundLine: Equatable, Sendable {
    let line: Line
    /// What its format says; nil: nothing.
    var level: LineLevel?
    /// It stands next to one that was found.
    var isContext = false
    /// How many lines it stands for: those that follow it among the found ones and are the same but for their digits.
    var repeats = 1
    /// The last of them.
    var lastCursor: Int

    init(_ line: Line, level: LineLevel? = nil, isContext: Bool = false) {
        self.line = line
        self.level = level
        self.isContext = isContext
        lastCursor = line.cursor
    }

    var cursor: Int { line.cursor }
    var text: String { line.text }
}
