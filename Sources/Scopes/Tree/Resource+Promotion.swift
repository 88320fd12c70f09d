extension Resource {
    /// Moves it to a scope above the one that owns it, as the last that was acquired there (S11). Atomic with a close of either scope: it is
    /// released by exactly one of the two. The accounts that only the lower scope charges are given back.
    ///
    /// - Parameter target: an owner of its scope, at any distance, not above the scope of its plugin.
    package final func promote(to target: Scope) throws(PromotionError) {
        while let source = scope {
            if source === target { return }
            guard source.isInside(target) else { throw .notAbove(target.path) }
            guard let plugin = source.pluginScope, target.isInside(plugin) else { throw .outsideGeneration(target.path) }
            switch move(from: source, to: target) {
            case .moved:
                for account in source.accounts where !target.accounts.contains(where: { $0 === account }) { account.refund(kind) }
                source.runtime.reportPromotion(
                    Promotion(kind: kind.name, label: label, from: source.path, to: target.path, plugin: plugin.label))
                return
            case .elsewhere: continue
            case .notOwned: throw .notOwned
            case .closed(let scope): throw .refused(.closed(scope.closedError()))
            case .full: throw .refused(target.refusal(.full, "resources"))
            }
        }
        throw .notOwned
    }

    private enum Move { case moved, elsewhere, notOwned, closed(Scope), full }

    /// Under both locks, the upper scope's first: a scope's number is lower than those below.
    private func move(from source: Scope, to target: Scope) -> Move {
        target.fields.withLock { upper in
            source.fields.withLock { lower in
                guard isIn(source) else { return .elsewhere }
                guard stage == .live else { return .notOwned }
                guard lower.state.stage == .open else { return .closed(source) }
                guard upper.state.stage == .open else { return .closed(target) }
                guard upper.resourceCount < target.capacity else { return .full }
                lower.unlink(self)
                upper.link(self)
                enters(target)
                return .moved
            }
        }
    }
}
