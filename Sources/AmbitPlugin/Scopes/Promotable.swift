/// What a scope owns, and can hand to a scope that lives longer (S11).
public protocol Promotable: Sendable {
    /// Its identity (S18). Promotion does not change it.
    var handle: UInt64 { get }
}

extension Promotable {
    /// Makes a scope further up own it: it ends with that one, and stays usable when its scope closes. Either of the two releases it, never both,
    /// whatever closes meanwhile. The host logs it.
    ///
    ///     try await session.scope.withChild("start") { scope in
    ///         let process = try scope.process(["indexer"])
    ///         try await process.started()               // where this throws, nothing of it is left
    ///         try process.promote(to: session.scope)
    ///     }
    ///
    /// Only this moves: what a task has started in a scope stays in that scope. Nothing outlives the plugin's own scope.
    ///
    /// Throws `.invalidArgument` where `scope` is not above its scope, `.closed` where either of them closes, `.overQuota` where the upper one
    /// is full, `.staleHandle` where it has ended. It stays where it is then.
    public func promote(to scope: Scope) throws(AmbitError) {
        try AmbitError.check { scope.runtime.tables.scope.promote(handle, scope.handle, $0) }
    }
}
