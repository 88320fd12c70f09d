import JSON
import Scopes

/// The scope tree and the ledger, as text for people and as JSON for programs (S15).
struct ScopePage {
    let query: ScopeQuery
    /// What the query selects: one root, or with a path any number of scopes.
    let scopes: [ScopeSnapshot]
    let ledger: Ledger
    let gauges: ServerGauges

    var text: [UInt8] {
        var text = scopes.map(\.text).joined(separator: "\n") + "\n"
        if scopes.isEmpty { text = "no scope with '\(query.path ?? "")' in its path\n\n" }
        text += gauges.values.map { "\($0.name) \($0.value)" }.joined(separator: "  ") + "\n"
        let counters = ledger.counters()
        if !counters.isEmpty { text += counters.map { "\($0.0) \($0.1)" }.joined(separator: "  ") + "\n" }
        text += "\nkind                 live     opened   released  abandoned     pinned     failed\n"
        for kind in ledger.totals() where kind.opened > 0 {
            text += Self.pad(kind.name, 16, left: true)
            for number in [kind.live, kind.opened, kind.released, kind.abandoned, kind.pinnedNow, kind.failed] {
                text += Self.pad("\(number)", 11)
            }
            text += "\n"
        }
        return Array(SecretMask.mask(text).utf8)
    }

    var json: [UInt8] {
        var writer = JSONWriter(reserving: 4096)
        writer.beginObject()
        if query.path == nil, let root = scopes.first {
            writer.key("scopes")
            Self.write(root, to: &writer)
        } else {
            writer.key("matches")
            writer.beginArray()
            for scope in scopes { Self.write(scope, to: &writer) }
            writer.endArray()
        }
        Self.write(ledger, to: &writer)
        writer.key("gauges")
        gauges.write(to: &writer)
        writer.key("counters")
        writer.beginObject()
        for (name, value) in ledger.counters() {
            writer.key(escaping: name)
            writer.int(value)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Totals of all kinds.
    static func write(_ ledger: Ledger, to writer: inout JSONWriter) {
        writer.key("totals")
        writer.beginObject()
        for kind in ledger.totals() {
            writer.key(escaping: kind.name)
            writer.beginObject()
            writer.key("live")
            writer.int(kind.live)
            writer.key("opened")
            writer.int(kind.opened)
            writer.key("released")
            writer.int(kind.released)
            writer.key("abandoned")
            writer.int(kind.abandoned)
            writer.key("failed")
            writer.int(kind.failed)
            writer.key("pinned")
            writer.int(kind.pinned)
            writer.key("pinnedNow")
            writer.int(kind.pinnedNow)
            writer.endObject()
        }
        writer.endObject()
    }

    static func write(_ scope: ScopeSnapshot, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.uint(scope.id)
        writer.key("level")
        writer.string("\(scope.level)")
        writer.key("name")
        writer.string(SecretMask.mask(scope.name))
        writer.key("path")
        writer.string(SecretMask.mask(scope.path))
        writer.key("owners")
        writer.beginArray()
        for owner in scope.owners { writer.string(SecretMask.mask(owner)) }
        writer.endArray()
        writer.key("state")
        writer.string(scope.state)
        if let reason = scope.reason {
            writer.key("reason")
            writer.string(reason)
        }
        writer.key("ageNanoseconds")
        writer.int(scope.ageNanoseconds)
        if scope.isReference {
            writer.key("reference")
            writer.bool(true)
        }
        if let site = scope.site {
            writer.key("openedAt")
            writer.string(site)
        }
        writer.key("counts")
        writer.beginObject()
        for (name, count) in [
            ("resources", scope.counts.resources), ("children", scope.counts.children), ("released", scope.counts.released),
            ("failed", scope.counts.failed), ("abandoned", scope.counts.abandoned), ("pinned", scope.counts.pinned),
            ("abandonedRunning", scope.counts.running),
        ] {
            writer.key(escaping: name)
            writer.int(count)
        }
        writer.endObject()
        writer.key("resources")
        writer.beginArray()
        for resource in scope.resources {
            writer.beginObject()
            writer.key("kind")
            writer.string(resource.kind)
            writer.key("label")
            writer.string(SecretMask.mask(resource.label))
            writer.key("description")
            writer.string(SecretMask.mask(resource.description))
            writer.key("ageNanoseconds")
            writer.int(resource.ageNanoseconds)
            if let site = resource.site {
                writer.key("openedAt")
                writer.string(site)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.key("children")
        writer.beginArray()
        for child in scope.children { write(child, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private static func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.utf8.count))
        return left ? text + blanks : blanks + text
    }
}
