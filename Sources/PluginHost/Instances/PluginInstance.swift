internal import CAmbit
internal import MCP
package import Scopes
private import Synchronization

/// One generation of a loaded plugin: its scope, its threads, its permissions.
///
/// Owned by its scope (level plugin, label `name#generation`) and by the host until it is gone. Nothing of the plugin runs after `destroy`,
/// and `destroy` comes only after the scope has closed with nothing abandoned (S9).
package final class PluginInstance: Sendable {
    package enum State: Sendable, Equatable {
        case loading, ready
        /// Some of its work ignored cancellation and was given up (S9).
        case degraded
        /// It takes no calls any more: it could not be started, or used up its replacement threads (S22).
        case failed
        case closed
    }

    package let name: String
    package let version: String
    package let summary: String
    package let path: String
    package let scope: Scope
    /// Where its callbacks and async handlers run (S21).
    package let executor: ThreadExecutor
    /// Where its blocking handlers and tasks run (S22).
    package let blocking: BlockingPool

    /// Distinguishes instances in the process; owner of its handles.
    let number: UInt32
    let facts: PluginFacts
    let services: HostServices
    let gate = PluginGate()
    let releaseWaits = ReleaseWaits()
    let leases: PluginLeases
    /// What the plugin gets at `create`.
    let foreignHost: ForeignHost

    struct Life: Sendable {
        var state = State.loading
        var plugin: ForeignPlugin?
        var scopeEntry: ScopeEntry?
        var isGone = false
        /// Its serial groups by name (A8): two tools that name the same one share it.
        var groups: [String: SerialGroup] = [:]
        var watchers: [@Sendable () -> Void] = []
        var replacedThreads = 0
        /// What was given up and still runs (S9).
        var abandoned = 0
    }
    let life = Lock(Life())

    private static let numbers = Atomic<UInt32>(0)

    private struct Reference: @unchecked Sendable {  // the reference is set once; PluginInstance is Sendable
        weak var instance: PluginInstance?
    }
    /// Instances that are not gone, by number.
    private static let byNumber = Lock<[UInt32: Reference]>([:])

    static func living(_ number: UInt32) -> PluginInstance? { byNumber.withLock { $0[number]?.instance } }

    /// It is gone: its number means nothing any more.
    func forgetNumber() { Self.byNumber.withLock { $0[number] = nil } }

    init(_ facts: PluginFacts, path: String, scope: Scope, services: HostServices) {
        name = facts.name
        version = facts.version
        summary = facts.summary
        self.path = path
        number = Self.numbers.wrappingAdd(1, ordering: .relaxed).newValue
        self.facts = facts
        self.scope = scope
        leases = PluginLeases(under: scope)
        self.services = services
        executor =
            Fault.isOn("slow-plugin-does-not-stall-others")
            ? services.runtime.executor : ThreadExecutor(name: facts.name, threads: 2)
        blocking = BlockingPool(name: "\(facts.name)-blocking")
        foreignHost = ForeignHost()
    }

    package var state: State { life.withLock { $0.state } }

    /// Handles that the plugin holds now.
    package var handleCount: Int { HandleTable.shared.count(ownedBy: number) }

    /// Gives the instance its handles. Once, right after init.
    func introduce() throws(Refusal) {
        let handle = try HandleTable.shared.insert(.host, self, owner: number)
        let entry: ScopeEntry
        do throws(Refusal) {
            entry = try ScopeEntry.mint(scope, for: self, isOwn: false, sessionKey: 0, observing: false)
        } catch {
            HandleTable.shared.remove(handle)
            throw error
        }
        life.withLock { $0.scopeEntry = entry }
        Self.byNumber.withLock { $0[number] = Reference(instance: self) }
        foreignHost.fill(handle: handle, scope: entry.handle)
    }

    // MARK: - Into the plugin

    /// Runs a job that leads into the plugin on its executor.
    func post(_ body: @escaping @Sendable () -> Void) {
        gate.enter()
        deliver(body)
    }

    /// Like `post`, for a callback that was promised: the gate was entered when it was.
    func deliver(_ body: @escaping @Sendable () -> Void) {
        executor.post { [self] in
            PluginJob.run(self, body)
            gate.leave()
        }
    }

    // MARK: - What went wrong

    /// Something of it was given up (S9).
    func becomeDegraded() {
        life.withLock { life in
            if life.state == .ready || life.state == .loading { life.state = .degraded }
        }
    }

    /// Something of it was given up and still runs: until `abandonedWorkEnded` it is not destroyed, whatever closes meanwhile.
    func workAbandoned() { life.withLock { $0.abandoned += 1 } }

    func abandonedWorkEnded() { life.withLock { $0.abandoned -= 1 } }

    /// An abandoned job holds a thread: it is replaced, a few times (S22).
    func threadAbandoned(blocking isBlocking: Bool) {
        let replaced: Bool
        if isBlocking {
            replaced = blocking.replaceAbandonedThread()
        } else {
            replaced = life.withLock { life in
                guard life.replacedThreads < BlockingPool.replacements else { return false }
                life.replacedThreads += 1
                return true
            }
            if replaced { executor.addThread() }
        }
        guard !replaced else { return }
        life.withLock { if $0.state != .closed { $0.state = .failed } }
        services.log.write(
            .error, plugin: nil, "a plugin has used up its replacement threads and takes no calls any more",
            [("plugin", name), ("abandoned", String(BlockingPool.replacements + 1))])
    }
}
