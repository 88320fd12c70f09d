/// Something that was let go, or outlived its runtime, without having been closed (S20). Debug builds report it.
package struct Forgotten: Sendable {
    /// "scope", or the name of a kind.
    package let kind: String
    /// Path of the scope, or of the one that owns it.
    package let path: String
    package let label: String
    /// Where it was opened.
    package let site: String
}

#if DEBUG
    /// The roots of a runtime, which keep themselves alive while something is in them.
    struct Roots: Sendable {
        private struct Root: Sendable {
            weak var scope: Scope?
        }

        private var roots: [Root] = []

        mutating func add(_ scope: Scope) {
            roots.removeAll { $0.scope == nil }
            roots.append(Root(scope: scope))
        }

        var open: [Scope] { roots.compactMap(\.scope).filter(\.isOpen) }
    }

    extension Runtime {
        /// The runtime ends: what is open now will never be closed.
        func reportForgottenTrees() {
            for root in roots.withLock({ $0 }).open {
                for item in root.ledgerSnapshot().items {
                    reportForgotten(Forgotten(kind: item.kind, path: item.path, label: item.label, site: item.site))
                }
            }
        }
    }
#endif
