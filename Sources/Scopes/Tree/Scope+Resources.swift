extension Scope {
    /// Links a resource that is about to be acquired: the scope does not close before it is committed or withdrawn (S4).
    package func reserve(_ resource: Resource) throws(ScopeClosed) { try link(resource, stage: .reserved) }

    /// Reserves and commits in one, for a resource that needs no acquiring.
    package func add(_ resource: Resource) throws(ScopeClosed) { try link(resource, stage: .live) }

    private func link(_ resource: Resource, stage: Resource.Stage) throws(ScopeClosed) {
        precondition(resource.scope == nil, "a resource belongs to one scope")
        resource.scope = self
        resource.openedAt = runtime.now
        // Counted before it can end.
        runtime.ledger.opened(resource.kind)
        let linked = fields.withLock { fields -> Bool in
            guard fields.state.stage == .open else { return false }
            resource.stage = stage
            fields.link(resource)
            return true
        }
        guard linked else {
            runtime.ledger.released(resource.kind)
            throw closedError()
        }
    }

    func commit(_ resource: Resource) throws(ScopeClosed) {
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
        resource.undo(late)
        throw closedError()
    }

    func isLinked(_ resource: Resource) -> Bool {
        fields.withLock { _ in resource.stage == .live || resource.stage == .reserved }
    }

    func unlink(_ resource: Resource, failure: String?) {
        enum Outcome { case ignored, late, unpinned, done(Closer?) }
        let outcome = fields.withLock { fields -> Outcome in
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
        case .ignored: break
        case .late:
            runtime.ledger.count("abandoned.ended")
            abandonedEnded(resource)
        case .unpinned:
            runtime.ledger.unpinned(resource.kind)
            runtime.ledger.released(resource.kind)
            if failure != nil { runtime.ledger.failed(resource.kind) }
        case .done(let closer):
            runtime.ledger.released(resource.kind)
            if failure != nil { runtime.ledger.failed(resource.kind) }
            closer?.awaitedEnded()
        }
    }
}

extension Scope.Fields {
    /// Lines of a report that name what failed or was given up; bounded.
    static let maximalDetails = 32

    mutating func note(_ detail: String) {
        if details.count < Self.maximalDetails { details.append(detail) }
    }
}
