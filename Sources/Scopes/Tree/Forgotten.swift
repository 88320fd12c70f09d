/// Something that was let go without having been closed (S20): a tree, and what was in it. Debug builds report it.
package struct Forgotten: Sendable {
    /// "scope", or the name of a kind.
    package let kind: String
    /// Path of the scope, label of the resource.
    package let name: String
    package let site: String
}

#if DEBUG
    extension Scope {
        func reportForgotten() {
            runtime.ledger.count("scopes.forgotten")
            runtime.reportForgotten(Forgotten(kind: "scope", name: path, site: "\(site)"))
        }
    }

    extension Resource {
        func reportForgotten() {
            guard let runtime = scope?.runtime else { return }
            runtime.ledger.count("resources.forgotten")
            runtime.reportForgotten(Forgotten(kind: kind.name, name: label, site: site.map { "\($0)" } ?? ""))
        }
    }
#endif
