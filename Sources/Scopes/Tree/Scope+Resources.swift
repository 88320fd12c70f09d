extension Scope {
    /// Links a resource that is about to be acquired: the scope does not close before it is committed or withdrawn (S4).
    package func reserve(_ resource: Resource, file: StaticString = #fileID, line: UInt = #line) throws(AcquireError) {
        try link(resource, stage: .reserved, CreationSite(file, line))
    }

    /// Reserves and commits in one, for a resource that needs no acquiring.
    package func add(_ resource: Resource, file: StaticString = #fileID, line: UInt = #line) throws(AcquireError) {
        try link(resource, stage: .live, CreationSite(file, line))
    }

    private func link(_ resource: Resource, stage: Resource.Stage, _ site: CreationSite) throws(AcquireError) {
        precondition(resource.scope == nil, "a resource belongs to one scope")
        resource.enters(self)
        resource.openedAt = runtime.now
        #if DEBUG
            resource.site = site
        #endif
        if let over = accounts.charge(resource.kind) {
            runtime.ledger.count("quota.refused")
            throw .overQuota(over)
        }
        // Counted before it can end.
        runtime.ledger.opened(resource.kind)
        let linked = fields.withLock { fields -> Linking in
            let isOpen = fields.state.stage == .open
            guard isOpen || (fields.state.stage == .closing && Fault.isOn("finalizer-acquires-during-close")) else { return .closed }
            guard fields.resourceCount < capacity else { return .full }
            resource.stage = stage
            fields.link(resource)
            return .linked
        }
        guard linked == .linked else {
            runtime.ledger.released(resource.kind)
            accounts.refund(resource.kind)
            if Fault.isOn("closed-scope-rejects-spawn") { return }
            throw refusal(linked, "resources")
        }
    }

    func commit(_ resource: Resource) throws(AcquireError) {
        let late = fields.withLock { fields -> Reason? in
            guard resource.stage == .reserved else { return nil }
            guard fields.state.stage == .open else {
                resource.stage = .undoing
                return fields.state.reason
            }
            resource.stage = .live
            return nil
        }
        guard let late else { return }
        if Fault.isOn("interrupt-between-acquire-and-register") { resource.withdraw() } else { resource.undo(late) }
        throw .closed(closedError())
    }

    /// Nil: it is in another scope by now.
    func isLinked(_ resource: Resource) -> Bool? {
        fields.withLock { _ in
            resource.isIn(self) ? resource.stage == .live || resource.stage == .reserved : nil
        }
    }

    /// False: it is in another scope by now.
    func unlink(_ resource: Resource, failure: String?) -> Bool {
        enum Outcome { case moved, ignored, late, unpinned, done(Closer?) }
        let outcome = fields.withLock { fields -> Outcome in
            guard resource.isIn(self) else { return .moved }
            switch resource.stage {
            case .fresh, .ended: return .ignored
            case .abandoned:
                resource.stage = .ended
                return .late
            case .pinned:
                resource.stage = .ended
                return .unpinned
            case .freeing: break
            case .reserved, .live, .undoing: fields.unlink(resource)
            }
            resource.stage = .ended
            fields.released += 1
            if let failure {
                fields.failed += 1
                fields.note("\(resource.kind.name) \(resource.label) failed: \(failure)")
            }
            guard resource.awaited else { return .done(nil) }
            resource.awaited = false
            return .done(fields.closer)
        }
        switch outcome {
        case .moved: return false
        case .ignored: break
        case .late:
            accounts.refund(resource.kind)
            runtime.ledger.count("abandoned.ended")
            abandonedEnded(resource)
        case .unpinned:
            accounts.refund(resource.kind)
            runtime.ledger.unpinned(resource.kind)
            runtime.ledger.released(resource.kind)
            if failure != nil { runtime.ledger.failed(resource.kind) }
        case .done(let closer):
            accounts.refund(resource.kind)
            runtime.ledger.released(resource.kind)
            if failure != nil { runtime.ledger.failed(resource.kind) }
            closer?.awaitedEnded()
        }
        return true
    }
}

extension Scope.Fields {
    /// Lines of a report that name what failed or was given up; bounded.
    static let maximalDetails = 32

    mutating func note(_ detail: String) {
        if details.count < Self.maximalDetails { details.append(detail) }
    }
}
