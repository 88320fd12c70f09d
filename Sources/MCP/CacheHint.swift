import JSON

/// How long a modern list or discover result may be kept, and by whom (DIGEST 1.12). Never access control.
package struct CacheHint: Sendable, Equatable {
    package enum Scope: String, Sendable { case `public`, `private` }

    package var ttlMilliseconds: Int
    package var scope: Scope

    package init(ttlMilliseconds: Int, scope: Scope) {
        self.ttlMilliseconds = max(0, ttlMilliseconds)
        self.scope = scope
    }

    /// Ask again each time; nobody else may see it.
    package static let none = CacheHint(ttlMilliseconds: 0, scope: .private)

    func write(to writer: inout JSONWriter) {
        writer.key("ttlMs")
        writer.int(ttlMilliseconds)
        writer.key("cacheScope")
        writer.string(scope.rawValue)
    }
}
