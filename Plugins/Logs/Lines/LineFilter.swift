/// Which lines are wanted. All that is given must hold.
struct LineFilter: Sendable {
    var text: TextFilter?
    var pattern: LinePattern?
    /// Lines in which neither text nor pattern is found.
    var inverted = false
    var stream: OutputStream?
    /// This one or worse. Lines that say none are left out.
    var level: LineLevel?
    /// Nanoseconds since the Unix epoch; the first is in, the second not.
    var since: Int64?
    var until: Int64?

    /// Nothing is left out.
    var isEmpty: Bool {
        text == nil && pattern == nil && stream == nil && level == nil && since == nil && until == nil
    }

    /// Asks one line after the other; one thread's.
    struct Check {
        private let filter: LineFilter
        private let search: LinePattern.Search?
        /// Lines in which the pattern could not be searched for, as that costs too much: they count as found.
        private(set) var tooCostly = 0

        init(_ filter: LineFilter) {
            self.filter = filter
            search = filter.pattern.map { LinePattern.Search($0) }
        }

        mutating func matches(_ view: LineView) -> Bool {
            if let stream = filter.stream, view.stream != stream { return false }
            if let since = filter.since, view.time < since { return false }
            if let until = filter.until, view.time >= until { return false }
            if filter.text != nil || search != nil, hasText(view) == filter.inverted { return false }
            guard let level = filter.level else { return true }
            return LineLevel.of(view).map { $0 >= level } ?? false
        }

        private mutating func hasText(_ view: LineView) -> Bool {
            let (found, isCostly) = view.withText { line -> (Bool, Bool) in
                if let text = filter.text, !text.matches(line) { return (false, false) }
                guard let search else { return (true, false) }
                let outcome = search.outcome(in: line)
                return (outcome == .found, outcome == .tooCostly)
            }
            guard isCostly else { return found }
            tooCostly += 1
            return !filter.inverted
        }
    }
}
