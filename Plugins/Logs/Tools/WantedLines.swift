internal import AmbitPlugin

/// The parameters by which tools choose lines, and what they come to.
struct WantedLines: Sendable {
    static let text: Parameter<String?> = .string("text", "Only lines that contain this text, whatever its case.").optional
    static let regex: Parameter<String?> = .string(
        "regex", "Only lines in which this regular expression (PCRE2) is found; (?i) ignores case."
    ).optional
    static let invert: Parameter<Bool> = .boolean("invert", "Only lines in which text and regex are not found.", default: false)
    static let stream: Parameter<OutputStream?> = .choice("stream", "Only what was written there.", OutputStream.self).optional
    static let level: Parameter<LineLevel?> = .choice(
        "level",
        """
        Only lines that say so or worse: found in JSON and logfmt records, in words that loggers write, and in colours. Lines that say \
        none are left out.
        """, LineLevel.self
    ).optional
    static let since: Parameter<String?> = .string(
        "since", "Only lines from then on: a time (2026-11-30T12:00:00Z), or how long ago (90s, 10m, 2h)."
    ).optional
    static let until: Parameter<String?> = .string("until", "Only lines before then; like since.").optional

    let filter: LineFilter
    /// In words, for an answer's first line; nil when all are wanted.
    let words: String?

    init(
        text: String? = nil, regex: String? = nil, invert: Bool = false, stream: OutputStream? = nil, level: LineLevel? = nil,
        since: String? = nil, until: String? = nil
    ) throws(ToolError) {
        let now = ProcessStore.now()
        var filter = LineFilter()
        var words: [String] = []
        filter.text = TextFilter(text)
        if let text, filter.text != nil { words.append("\(invert ? "without" : "with") \(JSON.string(text).text)") }
        if let regex, !regex.isEmpty {
            filter.pattern = try LinePattern(regex, ignoringCase: false)
            words.append("\(invert ? "without" : "with") /\(regex)/")
        }
        guard !invert || filter.text != nil || filter.pattern != nil else {
            throw ToolError("\"invert\" is true, but neither \"text\" nor \"regex\" is given: there is nothing to leave out.")
        }
        filter.inverted = invert
        filter.stream = stream
        if let stream { words.append("on \(stream.rawValue)") }
        filter.level = level
        if let level { words.append("of level \(level.rawValue)\(level == .fatal ? "" : " or worse")") }
        if let since, !since.isEmpty {
            filter.since = try TimeArgument.parse(since, "since", now: now)
            words.append("since \(Timestamp.text(filter.since ?? 0))")
        }
        if let until, !until.isEmpty {
            filter.until = try TimeArgument.parse(until, "until", now: now)
            words.append("until \(Timestamp.text(filter.until ?? 0))")
        }
        self.filter = filter
        self.words = words.isEmpty ? nil : words.joined(separator: ", ")
    }
}
