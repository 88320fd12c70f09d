internal import PluginHost
internal import Scopes

/// What of a host exists at one moment, by name.
struct HostSnapshot: Sendable {
    private var owned: [String: Int] = [:]
    private let handles: Int
    private let abandoned: Int
    private let failed: [String: Int]

    init(_ host: TestHost) {
        handles = host.plugin.handleCount
        abandoned = host.records.abandonments.count
        failed = Dictionary(host.runtime.ledger.totals().map { ($0.name, $0.failed) }, uniquingKeysWith: +)
        add(host.root.snapshot())
    }

    private mutating func add(_ scope: ScopeSnapshot) {
        guard !scope.isReference else { return }
        for entry in scope.resources {
            let label = entry.label.isEmpty ? "" : " \"\(entry.label)\""
            owned["\(entry.kind)\(label) in \(scope.path)", default: 0] += 1
        }
        for child in scope.children {
            if !child.isReference { owned["scope \(child.path) (\(child.state))", default: 0] += 1 }
            add(child)
        }
    }

    /// What is here and was not there.
    func findings(since old: HostSnapshot, _ host: TestHost) -> [String] {
        var findings = host.records.abandonments.dropFirst(old.abandoned).map { $0.finding }
        for (name, count) in owned.sorted(by: { $0.key < $1.key }) {
            let more = count - old.owned[name, default: 0]
            if more > 0 { findings.append(more == 1 ? name : "\(more) × \(name)") }
        }
        for (kind, count) in failed.sorted(by: { $0.key < $1.key }) where count > old.failed[kind, default: 0] {
            findings.append("\(count - old.failed[kind, default: 0]) × \(kind): the release failed")
        }
        if handles > old.handles { findings.append("\(handles - old.handles) handles of the plugin more than before") }
        return findings
    }
}
