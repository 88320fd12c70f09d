/// A picture of a scope and all below it, for dumps (S15). Each scope is consistent in itself.
package struct ScopeSnapshot: Sendable {
    package struct Entry: Sendable {
        package let kind: String
        package let label: String
        package let description: String
        package let ageNanoseconds: Int64
        /// Where it was opened; nil in release builds.
        package let site: String?
        let openedAt: Int64
    }

    /// What a scope holds itself, and what has ended in it since it was opened.
    package struct Counts: Sendable, Equatable {
        /// These exist.
        package let resources: Int
        package let children: Int
        package let released: Int
        package let failed: Int
        /// Given up (S9).
        package let abandoned: Int
        /// Kept for what was given up (S9).
        package let pinned: Int
        /// What was given up here or below and still runs.
        package let running: Int
    }

    package let id: UInt64
    package let level: Scope.Level
    package let name: String
    package let path: String
    /// Paths of its owners: none, one or two.
    package let owners: [String]
    /// "open", "closing" or "closed".
    package let state: String
    /// Why it closes; nil while it is open.
    package let reason: String?
    package let ageNanoseconds: Int64
    /// Where it was opened; nil in release builds.
    package let site: String?
    let openedAt: Int64
    package let counts: Counts
    package let resources: [Entry]
    package internal(set) var children: [ScopeSnapshot]
    /// It has two owners and is shown in full under the other one.
    package let isReference: Bool

    /// Resources of this kind, here and below.
    package func count(of kind: String) -> Int {
        resources.count { $0.kind == kind } + children.reduce(0) { $0 + $1.count(of: kind) }
    }
}

extension Scope {
    package func snapshot() -> ScopeSnapshot { snapshot(under: owner) }

    private func snapshot(under viewer: Scope?) -> ScopeSnapshot {
        let now = runtime.now
        let isReference = viewer !== owner
        let (state, children, resources, counts) = fields.withLock { fields in
            (
                fields.state, isReference ? [] : fields.children(of: self), Array(fields.resourcesReversed.reversed()),
                ScopeSnapshot.Counts(
                    resources: fields.resourceCount, children: fields.childCount, released: fields.released, failed: fields.failed,
                    abandoned: fields.abandoned, pinned: fields.pinned,
                    running: fields.abandonedBelow.count)
            )
        }
        return ScopeSnapshot(
            id: id, level: level, name: name, path: path, owners: [owner, secondOwner].compactMap { $0?.path }, state: "\(state.stage)",
            reason: state.reason.map { "\($0)" }, ageNanoseconds: now - openedAt, site: creationSite, openedAt: openedAt, counts: counts,
            resources: isReference
                ? []
                : resources.map {
                    .init(
                        kind: $0.kind.name, label: $0.label, description: $0.describe,
                        ageNanoseconds: now - $0.openedAt, site: $0.creationSite, openedAt: $0.openedAt)
                },
            children: children.map { $0.snapshot(under: self) }, isReference: isReference)
    }

    /// The tree as text, a line for each scope and each resource.
    package func dumpText() -> String { snapshot().text }
}

extension ScopeSnapshot {
    func appendLines(to lines: inout [String], prefix: String, branch: String) {
        var line = prefix + branch + name
        if isReference {
            lines.append(line + "  (shown under \(path))")
            return
        }
        line += "  \(Self.age(ageNanoseconds))"
        if counts.running > 0 { line += "  [\(counts.running) given up, still running]" }
        if counts.pinned > 0 { line += "  [\(counts.pinned) pinned]" }
        if state != "open" { line += "  [\(state)\(reason.map { ": \($0)" } ?? "")]" }
        lines.append(line)
        let inner = prefix + (branch.isEmpty ? "" : branch.hasPrefix("└") ? "   " : "│  ")
        let entries = resourceLines()
        let count = entries.count + children.count
        for (index, entry) in entries.enumerated() {
            lines.append(inner + (index == count - 1 ? "└─ " : "├─ ") + "· " + entry)
        }
        for (index, child) in children.enumerated() {
            child.appendLines(to: &lines, prefix: inner, branch: entries.count + index == count - 1 ? "└─ " : "├─ ")
        }
    }

    /// A line for each resource; neighbours of one kind that have nothing but a name share one.
    private func resourceLines() -> [String] {
        var result: [(kind: String, text: String, age: Int64, isPlain: Bool)] = []
        for entry in resources {
            let isPlain = entry.description.isEmpty && !entry.label.isEmpty
            if isPlain, let last = result.last, last.isPlain, last.kind == entry.kind {
                result[result.count - 1].text += ", " + entry.label
                continue
            }
            var text = entry.kind
            if !entry.label.isEmpty { text += " \(entry.label)" }
            if !entry.description.isEmpty { text += " (\(entry.description))" }
            result.append((entry.kind, text, entry.ageNanoseconds, isPlain))
        }
        return result.map { "\($0.text)  \(Self.age($0.age))" }
    }

    private static func age(_ nanoseconds: Int64) -> String {
        switch nanoseconds {
        case ..<1_000_000_000: "\(max(0, nanoseconds) / 1_000_000)ms"
        case ..<120_000_000_000: "\(nanoseconds / 1_000_000_000)s"
        default: "\(nanoseconds / 60_000_000_000)m"
        }
    }
}
