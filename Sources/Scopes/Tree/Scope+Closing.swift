/// What `Closer` does to one scope, each step under that scope's lock.
extension Scope {
    enum Flip {
        /// It was open; these are its children.
        case flipped([Scope])
        case driven(Closer)
        case closed
    }

    /// From here on nothing is acquired, spawned or opened in it (S5).
    func flip(_ closer: Closer) -> Flip {
        fields.withLock { fields in
            switch fields.state.handle(.close(closer.reason)) {
            case .begin:
                fields.closer = closer
                return .flipped(fields.children(of: self))
            case .join: return fields.closer.map { .driven($0) } ?? .closed
            case .none: return .closed
            }
        }
    }

    func liveResourcesReversed() -> [Resource] {
        fields.withLock { fields in
            fields.resourceCount == 0 ? [] : fields.resourcesReversed.filter { $0.stage == .live }
        }
    }

    /// True when the flag changed, that is, when the resource is still linked.
    func setAwaited(_ resource: Resource, _ awaited: Bool) -> Bool {
        fields.withLock { _ in
            guard resource.stage == .live, resource.awaited != awaited else { return false }
            resource.awaited = awaited
            return true
        }
    }

    /// Marks everything that must end before the free phase, reserved slots of such kinds included; `count` runs under the lock.
    func awaitReaped(_ count: (Int) -> Void) {
        fields.withLock { fields in
            var awaited = 0
            var resource = fields.firstResource
            while let current = resource {
                if current.phase == .reap {
                    current.awaited = true
                    awaited += 1
                }
                resource = current.next
            }
            if awaited > 0 { count(awaited) }
        }
    }

    func awaitedResources() -> [Resource] {
        fields.withLock { fields in fields.resourcesReversed.filter(\.awaited) }
    }

    /// Gives a resource up; nil when it has ended meanwhile, else whether it was awaited.
    func abandon(_ resource: Resource) -> Bool? {
        fields.withLock { fields in
            switch resource.stage {
            case .reserved, .live, .undoing: fields.unlink(resource)
            case .freeing: break
            case .fresh, .pinned, .ended, .abandoned: return nil
            }
            resource.stage = .abandoned
            fields.abandoned += 1
            fields.note("\(resource.kind.name) \(resource.label) abandoned")
            defer { resource.awaited = false }
            return resource.awaited
        }
    }

    enum Freeable {
        /// Unlinked: its `free` is to be called (S8).
        case resource(Resource)
        /// Still being acquired, or undone because that met the close: it ends by itself (S4).
        case pending(Resource)
        /// A cleanup scope was opened meanwhile: that goes first.
        case children
        case none

        var isFree: Bool {
            if case .resource = self { true } else { false }
        }
    }

    /// The last acquired resource. None: from here on nothing is opened in it.
    func takeForFree() -> Freeable {
        fields.withLock { fields in
            guard fields.childCount == 0 else { return .children }
            guard let resource = fields.lastResource else {
                fields.takesCleanups = false
                return .none
            }
            if fields.failed > 0, Fault.isOn("finalizer-throws-others-run") { return .none }
            resource.awaited = true
            guard resource.stage == .live else { return .pending(resource) }
            fields.unlink(resource)
            resource.stage = .freeing
            return .resource(resource)
        }
    }

    /// Its cleanup scopes; there will be no more.
    func endCleanups() -> [Scope] {
        fields.withLock { fields in
            fields.takesCleanups = false
            return fields.children(of: self).filter { $0.level == .cleanup }
        }
    }

    /// What happened in a scope, or in several.
    struct Tally {
        var released = 0
        var failed = 0
        var abandoned = 0
        var pinned = 0
        var details: [String] = []

        mutating func add(_ other: Tally) {
            released += other.released
            failed += other.failed
            abandoned += other.abandoned
            pinned += other.pinned
            details += other.details.prefix(max(0, Scope.Fields.maximalDetails - details.count))
        }
    }

    func tally() -> Tally {
        fields.withLock {
            Tally(
                released: $0.released, failed: $0.failed, abandoned: $0.abandoned, pinned: $0.pinned,
                details: $0.details)
        }
    }

    /// The last step: the state, then the owners forget it, then those who waited are told.
    func becomeClosed(reason: Reason, laterReasons: [Reason], tally: Tally, duration: Int64) {
        let report = Report(
            place: place, reason: reason, laterReasons: laterReasons, released: tally.released, failed: tally.failed,
            abandoned: tally.abandoned, pinned: tally.pinned, durationNanoseconds: duration, details: tally.details)
        let watchers = fields.withLock { fields in
            _ = fields.state.handle(.finished)
            fields.closer = nil
            fields.report = report
            fields.details = []
            return fields.watchers.take()
        }
        // Before the owner can close: nothing is counted any more when that has.
        closeBooks()
        leaveOwners()
        watchers.tell(report)
    }

    func leaveOwners() {
        for owner in [owner, secondOwner] {
            guard let owner else { continue }
            let closer = owner.fields.withLock { fields -> Closer? in
                fields.unlink(self, from: owner)
                return fields.childCount == 0 ? fields.closer : nil
            }
            closer?.childGone()
        }
    }

    /// The scope of the plugin's generation that it belongs to, if it does.
    var pluginScope: Scope? {
        var queue: [Scope] = [self]
        while let scope = queue.popLast() {
            if scope.level == .plugin { return scope }
            if let owner = scope.owner { queue.append(owner) }
            if let second = scope.secondOwner { queue.append(second) }
        }
        return nil
    }
}
