/// The intrusive lists of a scope: its children and its resources. Everything here is O(1).
extension Scope.Fields {
    mutating func link(_ child: Scope, into owner: Scope) -> Scope.Linking {
        guard state.stage == .open || (state.stage == .closing && child.level == .cleanup && takesCleanups) else { return .closed }
        guard childCount < owner.capacity else { return .full }
        if let last = lastChild {
            child.setLinks(for: owner, .init(next: nil, previous: last))
            last.withLinks(for: owner) { $0.next = child }
        } else {
            child.setLinks(for: owner, .init())
            firstChild = child
        }
        lastChild = child
        childCount += 1
        return .linked
    }

    mutating func unlink(_ child: Scope, from owner: Scope) {
        let links = child.links(for: owner)
        guard links.previous != nil || firstChild === child else { return }
        if let previous = links.previous {
            previous.withLinks(for: owner) { $0.next = links.next }
        } else {
            firstChild = links.next
        }
        if let next = links.next {
            next.withLinks(for: owner) { $0.previous = links.previous }
        } else {
            lastChild = links.previous
        }
        child.setLinks(for: owner, .init())
        childCount -= 1
    }

    mutating func link(_ resource: Resource) {
        if let last = lastResource {
            last.next = resource
            resource.previous = last
        } else {
            firstResource = resource
        }
        lastResource = resource
        resourceCount += 1
    }

    mutating func unlink(_ resource: Resource) {
        let next = resource.next.take()
        if let previous = resource.previous {
            previous.next = next
        } else {
            firstResource = next
        }
        if let next {
            next.previous = resource.previous
        } else {
            lastResource = resource.previous
        }
        resource.previous = nil
        resourceCount -= 1
    }

    /// The children of `owner`, whose fields these are, in order of opening.
    func children(of owner: Scope) -> [Scope] {
        var result: [Scope] = []
        result.reserveCapacity(childCount)
        var child = firstChild
        while let current = child {
            result.append(current)
            child = current.links(for: owner).next
        }
        return result
    }

    /// Linked resources, the last acquired first (S6).
    var resourcesReversed: [Resource] {
        var result: [Resource] = []
        result.reserveCapacity(resourceCount)
        var resource = lastResource
        while let current = resource {
            result.append(current)
            resource = current.previous
        }
        return result
    }
}

extension Scope {
    fileprivate func links(for owner: Scope) -> Links { owner === self.owner ? ownerLinks : secondLinks }

    fileprivate func setLinks(for owner: Scope, _ links: Links) {
        if owner === self.owner { ownerLinks = links } else { secondLinks = links }
    }

    fileprivate func withLinks(for owner: Scope, _ body: (inout Links) -> Void) {
        if owner === self.owner { body(&ownerLinks) } else { body(&secondLinks) }
    }
}
