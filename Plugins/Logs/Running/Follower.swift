/// A reader of a process's lines: where it stands, what it still wants, and what it has had. A pure value; it holds no lines.
struct Follower: Sendable {
    /// The last line that it has seen or been told is gone.
    private(set) var cursor: Int
    let filter: LineFilter
    /// It ends after that many lines; nil: no limit.
    let lineLimit: Int?
    private(set) var delivered = 0
    /// Lines that the store dropped before this one could read them.
    private(set) var dropped = 0

    static let batchLines = 256

    enum Step: Equatable {
        /// Lines were dropped here.
        case gap(Int)
        case line(Line)
        /// Nothing to read now: wait.
        case wait
        /// There is more to read: ask again.
        case again
        case end(FollowEnd)
    }

    init(after cursor: Int, filter: LineFilter = LineFilter(), lineLimit: Int? = nil) {
        self.cursor = cursor
        self.filter = filter
        self.lineLimit = lineLimit
    }

    /// How many lines to ask for.
    var wanted: Int { min(Self.batchLines, lineLimit.map { $0 - delivered } ?? Self.batchLines) }

    /// Takes what the store gave for `cursor`: what to tell the client, and what to do then.
    mutating func take(_ batch: FollowBatch?) -> [Step] {
        guard let batch else { return [.end(.forgotten)] }
        var steps: [Step] = []
        if batch.gap > 0 {
            dropped += batch.gap
            steps.append(.gap(batch.gap))
        }
        steps += batch.lines.map(Step.line)
        delivered += batch.lines.count
        cursor = batch.cursor
        if let lineLimit, delivered >= lineLimit {
            steps.append(.end(.lines))
        } else if batch.isLast {
            steps.append(.end(.ended))
        } else {
            steps.append(batch.isAtEnd ? .wait : .again)
        }
        return steps
    }
}
