internal import PluginHost
internal import Scopes

/// What of a host exists at one moment, by name.
struct HostSnapshot: Sendable {
    private let ledger: LedgerSnapshot
    private let handles: Int
    private let abandoned: Int

    init(_ host: TestHost) {
        handles = host.plugin.handleCount
        abandoned = host.records.abandonments.count
        ledger = host.root.ledgerSnapshot()
    }

    private static func name(_ item: LedgerSnapshot.Item) -> String {
        if item.kind == "scope" { return "scope \(item.path) (\(item.state))" }
        return "\(item.kind)" + (item.label.isEmpty ? "" : " \"\(item.label)\"") + " in \(item.path)"
    }

    /// What is here and was not there.
    func findings(since old: HostSnapshot, _ host: TestHost) -> [String] {
        var findings = host.records.abandonments.dropFirst(old.abandoned).map { $0.finding }
        let difference = ledger.difference(from: old.ledger)
        var more: [String: Int] = [:]
        for item in difference.items { more[Self.name(item), default: 0] += 1 }
        for (name, count) in more.sorted(by: { $0.key < $1.key }) { findings.append(count == 1 ? name : "\(count) × \(name)") }
        for change in difference.changes where change.failed > 0 {
            findings.append("\(change.failed) × \(change.kind): the release failed")
        }
        if handles > old.handles { findings.append("\(handles - old.handles) handles of the plugin more than before") }
        return findings
    }
}
