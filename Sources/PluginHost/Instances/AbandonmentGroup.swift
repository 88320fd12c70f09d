internal import Scopes

/// What was given up of one scope and kind at one moment (S9), for one line of the log. A pure value.
struct AbandonmentGroup {
    /// Names that the line has; the others are counted.
    static let named = 5

    private let first: Abandonment
    private(set) var count = 1
    /// Different ones, in the order of coming.
    private var labels: [String]
    private var oldest: Int64

    init(_ first: Abandonment) {
        self.first = first
        labels = [first.label]
        oldest = first.ageNanoseconds
    }

    var verb: String { count == 1 ? "was" : "were" }

    func isOf(_ other: Abandonment) -> Bool {
        first.scope == other.scope && first.kind == other.kind && first.plugin == other.plugin
    }

    mutating func add(_ other: Abandonment) {
        count += 1
        oldest = max(oldest, other.ageNanoseconds)
        if labels.count < Self.named, !labels.contains(other.label) { labels.append(other.label) }
    }

    var fields: [(String, String)] {
        var fields = [("plugin", first.plugin ?? "none"), ("scope", first.scope), ("kind", first.kind)]
        if count > 1 { fields.append(("count", String(count))) }
        fields += labels.map { ("label", $0) }
        return fields + [("age_ms", String(oldest / 1_000_000))]
    }
}
