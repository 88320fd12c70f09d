/// Finds errors in the lines of a process, by rules in their order: the first whose beginning a line is takes it, and the lines behind it for
/// as long as they belong. Each stream by itself, as the two are mixed as they come.
struct ErrorScanner {
    private let rules: [RuleSearch]
    private let starts: LinePattern.Search?
    private var open: [OutputStream: OpenError] = [:]
    private(set) var found: [ErrorEntry] = []

    /// Lines of one error that are kept.
    private static let keptLines = 60

    init(_ rules: ErrorRules) {
        self.rules = rules.list.map(RuleSearch.init)
        starts = rules.anyStart.map { LinePattern.Search($0) }
    }

    /// The searches of a rule, for this scanner's thread.
    private struct RuleSearch {
        let rule: ErrorRule
        let start: LinePattern.Search
        let more: LinePattern.Search?
        let end: LinePattern.Search?

        init(_ rule: ErrorRule) {
            self.rule = rule
            start = LinePattern.Search(rule.start)
            more = rule.more.map { LinePattern.Search($0) }
            end = rule.end.map { LinePattern.Search($0) }
        }
    }

    private struct OpenError {
        let rule: Int
        var lines: [Line]
        var cut = 0
        var last: Line

        init(_ rule: Int, _ line: Line) {
            self.rule = rule
            lines = [line]
            last = line
        }

        mutating func append(_ line: Line) {
            if lines.count < ErrorScanner.keptLines { lines.append(line) } else { cut += 1 }
            last = line
        }

        var count: Int { lines.count + cut }
    }

    mutating func take(_ view: LineView) {
        if var error = open[view.stream] {
            let search = rules[error.rule]
            if has(search.end, view) {
                error.append(view.line)
                return close(error, view.stream)
            }
            if has(search.more, view), error.count < search.rule.maxLines {
                error.append(view.line)
                open[view.stream] = error
                return
            }
            close(error, view.stream)
        }
        guard has(starts, view), let rule = rules.indices.first(where: { has(rules[$0].start, view) }) else { return }
        let error = OpenError(rule, view.line)
        if rules[rule].more == nil, rules[rule].end == nil { close(error, view.stream) } else { open[view.stream] = error }
    }

    /// No line follows.
    mutating func finish() {
        for stream in OutputStream.allCases {
            if let error = open[stream] { close(error, stream) }
        }
    }

    private func has(_ search: LinePattern.Search?, _ view: LineView) -> Bool {
        guard let search else { return false }
        return view.withText { search.outcome(in: $0) } == .found
    }

    private mutating func close(_ error: OpenError, _ stream: OutputStream) {
        open[stream] = nil
        let rule = rules[error.rule].rule
        let texts = error.lines.map(\.text)
        let said = said(rule, texts)
        let place = place(rule, texts)
        found.append(
            ErrorEntry(
                rule: rule.name, language: rule.language, isWarning: rule.isWarning, type: said.type, message: said.message,
                file: place.file, line: place.line, column: place.column, text: texts, cut: error.cut,
                firstCursor: error.lines[0].cursor, lastCursor: error.last.cursor, firstTime: error.lines[0].time,
                lastTime: error.last.time))
    }

    private func said(_ rule: ErrorRule, _ lines: [String]) -> (type: String?, message: String) {
        let whole = lines[0].trimmed
        guard let pattern = rule.message else { return (nil, whole) }
        for line in rule.isFromLast ? lines.reversed() : lines {
            guard let captures = pattern.captures(in: line) else { continue }
            let message = captures["message"]?.trimmed ?? ""
            return (captures["type"].flatMap { $0.isEmpty ? nil : $0 }, message.isEmpty ? whole : message)
        }
        return (nil, whole)
    }

    private func place(_ rule: ErrorRule, _ lines: [String]) -> (file: String?, line: Int?, column: Int?) {
        guard let pattern = rule.place else { return (nil, nil, nil) }
        var other: (file: String?, line: Int?, column: Int?)?
        for line in rule.isFromLast ? lines.reversed() : lines {
            guard let captures = pattern.captures(in: line), let file = captures["file"], !file.isEmpty else { continue }
            let place = (file: Optional(file), line: captures["line"].flatMap { Int($0) }, column: captures["column"].flatMap { Int($0) })
            guard let foreign = rule.foreign, foreign.captures(in: file) != nil else { return place }
            other = other ?? place
        }
        return other ?? (nil, nil, nil)
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
