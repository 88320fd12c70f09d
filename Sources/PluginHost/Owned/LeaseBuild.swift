internal import CAmbit
internal import Scopes
internal import Synchronization

/// What a lease hands out: the plugin's own pointer, never read here.
struct LeaseItem: @unchecked Sendable {  // the plugin's; no lock needed
    let pointer: UnsafeMutableRawPointer?
}

/// One holder's way to build what it wants to share. Its context is destroyed once, after its wait is done and when no build with it is
/// under way or can begin any more.
final class LeaseBuild: Sendable {
    typealias Build = @convention(c) (UnsafeMutableRawPointer?, ambit_scope, ambit_build) -> Void
    typealias Answer = @Sendable (Result<LeaseItem, LeaseError>) -> Void

    private struct State: Sendable {
        var waitIsDone = false
        /// The table has let go of the way to build.
        var isReleased = false
        var isRunning = false
        /// Has begun and was not answered.
        var isOpen = false
        var isDestroyed = false
    }

    private let instance: PluginInstance
    private let build: ForeignCallback<Build>
    private let destroyed: ForeignCallback<ContextFunction?>
    private let state = Lock(State())

    init(_ options: ambit_lease_options, _ instance: PluginInstance) throws(Refusal) {
        self.instance = instance
        build = try ForeignCallback(options.context, required: options.build, "options.build")
        destroyed = ForeignCallback(options.context, options.destroyed)
    }

    /// Tells, by its own end, that the table can't begin a build any more.
    private final class Reference: Sendable {
        let build: LeaseBuild

        init(_ build: LeaseBuild) { self.build = build }

        deinit { build.change { $0.isReleased = true } }
    }

    /// What the lease table calls, once at the most, on the plugin's executor.
    var body: Lease<LeaseItem>.Build {
        let reference = Reference(self)
        return { scope, done in reference.build.run(in: scope, done) }
    }

    private func run(in scope: Scope, _ done: @escaping Answer) {
        let entry: ScopeEntry
        do throws(Refusal) {
            entry = try ScopeEntry.mint(scope, for: instance, isOwn: false, sessionKey: 0)
        } catch {
            return done(.failure(LeaseError(error.text)))
        }
        state.withLock { state in
            state.isRunning = true
            state.isOpen = true
        }
        let number = instance.leases.open { [self] result in
            done(result)
            change { $0.isOpen = false }
        }
        // It closes, whoever closes it: no answer is wanted any more.
        scope.whenClosed { [self] report in instance.leases.answer(number, .failure(LeaseError("its scope has closed: \(report.reason)"))) }
        instance.gate.enter()
        Bracket.pluginThread.check(instance, "build")
        PluginJob.run(instance) { build.function(build.context, entry.handle, number) }
        instance.gate.leave()
        change { $0.isRunning = false }
    }

    func waitIsDone() { change { $0.waitIsDone = true } }

    private func change(_ body: (inout State) -> Void) {
        let isDue = state.withLock { state -> Bool in
            body(&state)
            guard state.waitIsDone, state.isReleased, !state.isRunning, !state.isOpen, !state.isDestroyed else { return false }
            state.isDestroyed = true
            return true
        }
        guard isDue else { return }
        // The gate was entered when the holder asked.
        instance.deliver { [destroyed] in destroyed.function?(destroyed.context) }
    }
}
