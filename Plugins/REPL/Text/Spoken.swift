/// Durations as people read them.
enum Spoken {
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        return text(milliseconds: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// "12 ms", "1.5 s", "3 min 20 s"
    static func text(milliseconds: Int64) -> String {
        switch milliseconds {
        case ..<1000: "\(milliseconds) ms"
        case ..<60000: milliseconds % 1000 < 100 ? "\(milliseconds / 1000) s" : "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        default: "\(milliseconds / 60000) min \(milliseconds / 1000 % 60) s"
        }
    }
}
