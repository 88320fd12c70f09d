internal import Synchronization

/// A node of the one tree that owns everything (S1).
///
/// Owned by its owners (one, or two where two lifetimes meet, S12) until it is closed. `close` is the only way in which anything in it
/// ends; there is no second clean-up list. `deinit` closes nothing (S20).
package final class Scope: Sendable {
    /// Which lifetime it is (DESIGN section 2).
    package enum Level: UInt8, Sendable {
        case server, plugin, session
        /// Where a session meets a plugin.
        case use
        case call, stream, cleanup, custom

        var name: String {
            switch self {
            case .server: "server"
            case .plugin: "plugin"
            case .session: "session"
            case .use: "use"
            case .call: "call"
            case .stream: "stream"
            case .cleanup: "cleanup"
            case .custom: "custom"
            }
        }
    }

    package enum State: Sendable {
        case open
        case closing(Reason)
        case closed(Reason)
    }

    struct Fields {
        var state = ScopeState()
        var closer: Closer?
        // Resources in order of acquisition.
        var firstResource: Resource?
        unowned(unsafe) var lastResource: Resource?
        var resourceCount = 0
        // Children in order of opening, threaded through the children's slot for this owner.
        var firstChild: Scope?
        unowned(unsafe) var lastChild: Scope?
        var childCount = 0
        // What happened here, for the report.
        var released = 0
        var failed = 0
        var abandoned = 0
        var pinned = 0
        var details: [String] = []
        /// What was given up here or below and still runs (S9).
        var abandonedBelow: [Abandoned] = []
        var watchers = CloseWatchers()
        var report: Report?
        /// Cleanup scopes may still be opened while it closes (S5).
        var takesCleanups = true
        var pathOfOwned: String?
    }

    enum Linking { case linked, closed, full }

    /// Neighbours among the children of one owner; guarded by that owner's lock.
    struct Links {
        var next: Scope?
        unowned(unsafe) var previous: Scope?
    }

    package let id: UInt64
    package let level: Level
    package let label: String
    package let runtime: Runtime
    package let owner: Scope?
    package let secondOwner: Scope?
    let limits: CloseLimits?
    /// Most resources, and most children, that it takes itself (S14).
    let capacity: Int
    /// What is charged for it and for what it holds.
    let accounts: [QuotaAccount]
    /// Scopes above it.
    let depth: Int
    #if DEBUG
        let site: CreationSite
    #endif
    let openedAt: Int64
    let fields = Lock(Fields())
    nonisolated(unsafe) var ownerLinks = Links()  // guarded by owner.fields
    nonisolated(unsafe) var secondLinks = Links()  // guarded by secondOwner.fields

    /// The scope whose task is running, so that a close from inside does not wait for itself (S2).
    @TaskLocal package static var current: Scope?

    private static let ids = Atomic<UInt64>(0)

    /// How deep scopes nest: a tree can be walked, written as JSON and let go by recursion.
    package static let maximalDepth = 64

    private init(
        runtime: Runtime, level: Level, label: String, owner: Scope?, secondOwner: Scope?, limits: CloseLimits?, capacity: Int,
        accounts: [QuotaAccount], _ site: CreationSite
    ) {
        id = Self.ids.wrappingAdd(1, ordering: .relaxed).newValue
        self.runtime = runtime
        self.level = level
        self.label = label
        self.owner = owner
        self.secondOwner = secondOwner
        self.limits = limits
        self.capacity = capacity
        self.accounts = accounts
        depth = max(owner?.depth ?? -1, secondOwner?.depth ?? -1) + 1
        #if DEBUG
            self.site = site
        #endif
        openedAt = runtime.now
        runtime.ledger.scopeOpened()
    }

    deinit {
        #if DEBUG
            // Only a root without anything in it: owners hold their children, and what is owned holds its scope.
            if fields.withLock({ $0.state.stage }) != .closed {
                runtime.reportForgotten(Forgotten(kind: "scope", path: path, label: "", site: "\(site)"))
            }
        #endif
    }

    /// The root of a tree: the server scope.
    package static func root(
        _ runtime: Runtime, label: String = "server", file: StaticString = #fileID, line: UInt = #line
    ) -> Scope {
        let root = Scope(
            runtime: runtime, level: .server, label: label, owner: nil, secondOwner: nil, limits: nil, capacity: .max, accounts: [],
            CreationSite(file, line))
        #if DEBUG
            runtime.roots.withLock { $0.add(root) }
        #endif
        return root
    }

    /// Opens a child. With a second owner it ends with the first of the two that closes (S12).
    ///
    /// - Parameters:
    ///   - capacity: most resources, and most children, that it takes itself; nil: as its owner.
    ///   - accounts: charged for it and for everything below, beside those of its owners (S14).
    package func open(
        _ level: Level, _ label: String = "", alsoOwnedBy second: Scope? = nil, limits: CloseLimits? = nil, capacity: Int? = nil,
        accounts: [QuotaAccount] = [], file: StaticString = #fileID, line: UInt = #line
    ) throws(AcquireError) -> Scope {
        try attach(level, label, second, limits, capacity, accounts, CreationSite(file, line))
    }

    /// Opens a scope for cleaning up, also while this one closes (S5): from a finalizer, or when something was cancelled. The close waits for it
    /// until a quarter of the reserve is left (S7), then ends it; whoever opened it closes it when it has done its work. Refused where that time
    /// has come, and in what cleans up itself.
    package func cleanup(_ label: String = "", file: StaticString = #fileID, line: UInt = #line) throws(AcquireError) -> Scope {
        var scope: Scope? = self
        while let current = scope {
            if current.level == .cleanup, !isOpen { throw .closed(closedError()) }
            scope = current.owner
        }
        return try attach(.cleanup, label, nil, nil, nil, [], CreationSite(file, line))
    }

    private func attach(
        _ level: Level, _ label: String, _ second: Scope?, _ limits: CloseLimits?, _ capacity: Int?, _ accounts: [QuotaAccount],
        _ site: CreationSite
    ) throws(AcquireError) -> Scope {
        guard max(depth, second?.depth ?? 0) < Self.maximalDepth else {
            throw .overQuota(OverQuota(quota: "nested scopes", limit: Self.maximalDepth, owner: "scope \(path)"))
        }
        let charged = (second.map { self.accounts.union($0.accounts) } ?? self.accounts).union(accounts)
        if let over = charged.chargeScope() {
            runtime.ledger.count("quota.refused")
            throw .overQuota(over)
        }
        let child = Scope(
            runtime: runtime, level: level, label: label, owner: self, secondOwner: second, limits: limits,
            capacity: capacity ?? self.capacity, accounts: charged, site)
        let linked = fields.withLock { $0.link(child, into: self) }
        guard linked == .linked else {
            child.neverOpened()
            throw refusal(linked, "scopes")
        }
        guard let second else { return child }
        let linkedAgain = second.fields.withLock { $0.link(child, into: second) }
        guard linkedAgain == .linked else {
            child.close(Reason(.ownerClosed, by: second.path))
            throw second.refusal(linkedAgain, "scopes")
        }
        // The first owner may have closed it before the second knew it.
        if child.fields.withLock({ $0.state.stage == .closed }) {
            second.fields.withLock { $0.unlink(child, from: second) }
            throw .closed(closedError())
        }
        return child
    }

    func refusal(_ linking: Linking, _ what: String) -> AcquireError {
        linking == .full ? .overQuota(OverQuota(quota: what, limit: capacity, owner: "scope \(path)")) : .closed(closedError())
    }

    package var state: State {
        fields.withLock { fields in
            switch (fields.state.stage, fields.state.reason) {
            case (.closing, .some(let reason)): .closing(reason)
            case (.closed, .some(let reason)): .closed(reason)
            default: .open
            }
        }
    }

    /// Whether draining is over: what is in it is told to end at once, or was (S6).
    package var isCancelling: Bool {
        let (isOpen, closer) = fields.withLock { ($0.state.stage == .open, $0.closer) }
        return closer?.isCancelling ?? !isOpen
    }

    package var isOpen: Bool { fields.withLock { $0.state.stage == .open } }

    /// Names of its owners and its own, from the root.
    package var path: String { place.path }

    /// Its own part of the path.
    package var name: String { ScopePlace(owners: "", level: level, label: label, id: id).name }

    var place: ScopePlace { ScopePlace(owners: owner?.pathOfOwned ?? "", level: level, label: label, id: id) }

    /// What the paths of its children begin with. Made once: each call of a session has it.
    private var pathOfOwned: String {
        if let known = fields.withLock({ $0.pathOfOwned }) { return known }
        let made = path + "/"
        fields.withLock { $0.pathOfOwned = made }
        return made
    }

    /// Whether `self` is `ancestor` or below it, over any owner.
    func isInside(_ ancestor: Scope) -> Bool {
        var queue: [Scope] = [self]
        while let scope = queue.popLast() {
            if scope === ancestor { return true }
            if let owner = scope.owner { queue.append(owner) }
            if let second = scope.secondOwner { queue.append(second) }
        }
        return false
    }

    func closedError() -> ScopeClosed {
        let reason = fields.withLock { $0.state.reason }
        return ScopeClosed(path: path, reason: reason ?? Reason(.ownerClosed, by: path))
    }

    /// It was refused by its owner: nobody saw it.
    private func neverOpened() {
        fields.withLock { fields in
            _ = fields.state.handle(.close(Reason(.ownerClosed, by: "")))
            _ = fields.state.handle(.finished)
        }
        closeBooks()
    }

    /// It has closed: counted, and given back to those who are charged for it.
    func closeBooks() {
        runtime.ledger.scopeClosed()
        accounts.refundScope()
    }

    /// Resources and children that exist now, in O(1).
    package var counts: (resources: Int, children: Int) { fields.withLock { ($0.resourceCount, $0.childCount) } }
}
