extension Scope {
    /// Itself and every scope above it, over any owner.
    private var upwards: [Scope] {
        var result: [Scope] = []
        var queue: [Scope] = [self]
        while let scope = queue.popLast() {
            if result.contains(where: { $0 === scope }) { continue }
            result.append(scope)
            if let owner = scope.owner { queue.append(owner) }
            if let second = scope.secondOwner { queue.append(second) }
        }
        return result
    }

    /// Something in this scope was given up: it may touch what belongs to this scope and to those above.
    func remember(_ abandoned: Abandoned) {
        for scope in upwards { scope.fields.withLock { $0.abandonedBelow.append(abandoned) } }
    }

    /// It has ended: nothing is kept for it any more.
    func abandonedEnded(_ resource: Resource) {
        let ended = fields.withLock { fields in fields.abandonedBelow.first { $0.resource === resource } }
        guard let ended else { return }
        for scope in upwards { scope.fields.withLock { $0.abandonedBelow.removeAll { $0 === ended } } }
        ended.end()
    }

    enum Pinning { case no, pinned, gone }

    /// Asks a resource whose turn it is to end whether it must be kept for what was given up here or below. Gone: it has ended meanwhile.
    func pin(_ resource: Resource, _ reason: Reason) -> Pinning {
        let running = fields.withLock { $0.abandonedBelow }.filter(\.isRunning)
        guard !running.isEmpty, resource.pin(reason) else { return .no }
        let isPinned = fields.withLock { fields -> Bool in
            switch resource.stage {
            case .live: fields.unlink(resource)
            case .freeing: break
            case .fresh, .reserved, .undoing, .pinned, .ended, .abandoned: return false
            }
            resource.stage = .pinned
            fields.pinned += 1
            fields.note("\(resource.kind.name) \(resource.label) pinned until what was abandoned has ended")
            resource.awaited = false
            return true
        }
        guard isPinned else { return .gone }
        runtime.ledger.pinned(resource.kind)
        Pin { resource.unpin(reason) }.settle(running)
        return .pinned
    }

    /// How many things are kept now for what was given up here or below.
    package var keptForAbandoned: Int {
        Set(fields.withLock { $0.abandonedBelow }.flatMap(\.pins).map(ObjectIdentifier.init)).count
    }

    /// Keeps an object that is no resource alive until everything that was given up in this scope, or below, has ended.
    package func keepForAbandoned(_ object: any AnyObject & Sendable) {
        Pin { withExtendedLifetime(object) {} }.settle(fields.withLock { $0.abandonedBelow }.filter(\.isRunning))
    }
}
