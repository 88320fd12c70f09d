internal import Synchronization

/// Something that a scope owns. One subclass per kind.
///
/// Overridable functions are host code: they must not block, and are never called under a lock. Plugin callbacks are posted to the
/// plugin's executor from there (S6). A resource belongs to one scope for its whole life.
open class Resource: @unchecked Sendable {  // links and stage are guarded by the lock of `scope`
    enum Stage: UInt8 {
        case fresh
        /// Linked, not acquired yet (S4).
        case reserved
        case live
        /// Committed to a closing scope: undoing itself.
        case undoing
        /// Unlinked, its `free` runs.
        case freeing
        /// Kept for what was given up and may still touch it (S9).
        case pinned
        case ended
        case abandoned
    }

    public let kind: Kind
    /// Names it in dumps and reports.
    public let label: String
    /// The scope that owns it: set when it is linked, changed by promotion only (S11).
    private let home = Lock<Scope?>(nil)
    /// Number of that scope: tells under its lock whether the resource is still there.
    private let homeID = Atomic<UInt64>(0)

    // Guarded by the scope's lock.
    final var stage = Stage.fresh
    /// The closer waits for its end in the current phase.
    final var awaited = false
    final var next: Resource?
    final unowned(unsafe) var previous: Resource?
    final var openedAt: Int64 = 0
    #if DEBUG
        final var site: CreationSite?
    #endif

    public init(_ kind: Kind, label: String = "") {
        self.kind = kind
        self.label = label
    }

    /// The scope that owns it; after its end the last one that did.
    package final var scope: Scope? { home.withLock { $0 } }

    /// Under the scope's lock: whether the resource is (still) in it.
    final func isIn(_ scope: Scope) -> Bool { homeID.load(ordering: .relaxed) == scope.id }

    /// Under the lock of the scope that it leaves, if any, and of the one that it enters.
    final func enters(_ scope: Scope) {
        home.withLock { $0 = scope }
        homeID.store(scope.id, ordering: .relaxed)
    }

    /// When a close gets rid of it.
    open var phase: Kind.Phase { kind.phase }

    /// Withdraws names: tools, subscriptions, listeners. No new work comes after this.
    open func quiesce(_ reason: Reason) {}

    /// Begins a polite end; true: `ended` will follow, worth waiting for until the drain deadline.
    open func drain(_ reason: Reason) -> Bool { false }

    /// Begins to end at once; `ended` must follow sooner or later. May race with its own end.
    open func cancel(_ reason: Reason) {
        release(reason)
        ended()
    }

    /// The soft deadline has passed and it has not ended: be harsher.
    open func force(_ reason: Reason) {}

    /// For the free phase: run, then call `ended`, now or within the budget (S7).
    open func free(_ reason: Reason) {
        release(reason)
        ended()
    }

    /// Undoes the acquisition. Called at most once by the default implementations of `cancel`, `free` and `undo`.
    open func release(_ reason: Reason) {}

    /// It was committed to a closing scope (S4): release it; `ended` must follow.
    open func undo(_ reason: Reason) {
        release(reason)
        ended()
    }

    /// It did not end by the deadline and is given up (S9): what it could still touch must stay as it is.
    open func abandoned(_ reason: Reason) {}

    /// Something of its scope or of a scope below was given up and may still touch it (S9). True: it is kept as it is (memory), or made harmless
    /// (descriptors), instead of being freed; `unpin` follows when that has ended. Asked before `free`.
    open func pin(_ reason: Reason) -> Bool { false }

    /// What could touch it has ended: release it, then call `ended`.
    open func unpin(_ reason: Reason) {
        release(reason)
        ended()
    }

    /// One line for the tree dump, beside kind and label.
    open var describe: String { "" }

    /// Leaves the scope: it has ended, or is not needed any more. Idempotent, from any thread.
    ///
    /// - Parameter failure: what went wrong while it was released; counted and reported (S8).
    public final func ended(failure: String? = nil) {
        // Again where it was promoted meanwhile.
        while let scope, !scope.unlink(self, failure: failure) {}
    }

    /// The resource is acquired. Where the scope has begun to close meanwhile, it is undone before this throws: the caller must
    /// not release it (S4).
    package final func commit() throws(AcquireError) {
        guard let scope else { preconditionFailure("commit without reserve: \(kind.name) \(label)") }
        try scope.commit(self)
    }

    /// Acquiring failed: the slot is given back, nothing is released.
    package final func withdraw() { ended() }

    /// Whether it is still owned and not ending.
    package final var isLinked: Bool {
        while let scope {
            if let isLinked = scope.isLinked(self) { return isLinked }
        }
        return false
    }
}
