internal import MCP
internal import Scopes

extension PluginHost {
    /// Loads a plugin and offers its tools; remembers it in either case, so that it can be enabled later. Blocks.
    @discardableResult
    package func load(_ spec: PluginSpec) throws(PluginError) -> PluginInstance {
        try load(spec, linked: nil)
    }

    @discardableResult
    func load(_ spec: PluginSpec, linked: LinkedPlugin?) throws(PluginError) -> PluginInstance {
        let known = remember(spec, linked)
        let outcome = LoadOutcome()
        submit(PluginOperation(kind: .enable) { outcome.set($0) }, known, onThisThread: true)
        let change = try outcome.wait().get()
        guard let instance = known.state.withLock({ $0.instance }) else {
            throw PluginError(path: spec.path, what: "it was closed right after it was loaded", howToMend: "")
        }
        guard change.report == nil, change.text != Self.alreadyEnabled else {
            throw PluginError(path: spec.path, what: "it is loaded already", howToMend: "load it once")
        }
        return instance
    }

    /// Remembers a plugin without loading it, so that it can be enabled by its name or path.
    package func keepDisabled(_ spec: PluginSpec, reason: String) {
        let known = remember(spec, nil)
        known.state.withLock { if $0.phase == .disabled { $0.reason = reason } }
    }

    package func load(path: String, config: [UInt8] = Array("{}".utf8)) throws(PluginError) -> PluginInstance {
        try load(PluginSpec(path: path, config: config))
    }

    /// Starts a new generation of a plugin that is disabled or has failed: of the library in this process where it is there already, else
    /// of the file as it is now. Does nothing to one that runs.
    ///
    /// - Parameters:
    ///   - name: its name, or its path as it was configured.
    ///   - done: on a thread that may block.
    package func enable(_ name: String, done: @escaping @Sendable (Result<PluginChange, PluginError>) -> Void) {
        change(name, PluginOperation(kind: .enable, done: done))
    }

    /// Closes its generation: its tools are withdrawn, its scope closes with everything in it, the instance is destroyed. The library stays.
    package func disable(
        _ name: String, reason: String, done: @escaping @Sendable (Result<PluginChange, PluginError>) -> Void
    ) {
        change(name, PluginOperation(kind: .disable(reason: reason), done: done))
    }

    /// Disables, then enables. In process the new generation has the same code: a library is never unloaded.
    package func restart(
        _ name: String, reason: String, done: @escaping @Sendable (Result<PluginChange, PluginError>) -> Void
    ) {
        change(name, PluginOperation(kind: .restart(reason: reason), done: done))
    }

    private func change(_ name: String, _ operation: PluginOperation) {
        if let known = find(name) { return submit(operation, known, onThisThread: false) }
        let names = plugins.map { $0.name ?? $0.path }
        operation.done(
            .failure(
                PluginError(
                    path: name, what: "there is no such plugin",
                    howToMend: names.isEmpty ? "none is configured" : "there are: \(names.joined(separator: ", "))")))
    }

    /// By name, else by path.
    private func find(_ name: String) -> KnownPlugin? {
        let (known, path) = loaded.withLock { ($0.known, $0.names[name]) }
        return known.first { $0.path == path } ?? known.first { $0.name == name }
            ?? known.first { $0.path == name }
    }

    /// The plugin of this path, new or with its new configuration.
    private func remember(_ spec: PluginSpec, _ linked: LinkedPlugin?) -> KnownPlugin {
        let (known, isNew) = loaded.withLock { loaded -> (KnownPlugin, Bool) in
            if let known = loaded.known.first(where: { $0.path == spec.path }) { return (known, false) }
            let known = KnownPlugin(spec, linked: linked)
            loaded.known.append(known)
            return (known, true)
        }
        if !isNew { known.state.withLock { $0.spec = spec } }
        return known
    }

    // MARK: - One after the other

    private func submit(_ operation: PluginOperation, _ known: KnownPlugin, onThisThread: Bool) {
        switch known.state.withLock({ $0.operations.enter(operation) }) {
        case .run:
            if onThisThread { perform(operation, known) } else { post(operation, known) }
        case .queued: break
        case .full:
            operation.done(
                .failure(
                    PluginError(
                        path: known.path, what: "\(KnownPlugin.mostOperations) changes of it wait already", howToMend: "try again later")))
        }
    }

    private func post(_ operation: PluginOperation, _ known: KnownPlugin) {
        let accepted = loading.submit { [self] in perform(operation, known) }
        guard !accepted else { return }
        finish(
            operation, known,
            .failure(PluginError(path: known.path, what: "too many plugins change at once", howToMend: "try again later")))
    }

    private func finish(_ operation: PluginOperation, _ known: KnownPlugin, _ result: Result<PluginChange, PluginError>) {
        let next = known.state.withLock { $0.operations.leave() }
        operation.done(result)
        if let next { post(next, known) }
    }

    private func finish(_ operation: PluginOperation, _ known: KnownPlugin, _ text: String, _ report: Report? = nil) {
        finish(operation, known, .success(PluginChange(status: status(known), report: report, text: text)))
    }

    // MARK: - What is done

    private static let alreadyEnabled = "it is enabled already"

    /// May block.
    private func perform(_ operation: PluginOperation, _ known: KnownPlugin) {
        let instance = known.state.withLock { state in
            if case .disable = operation.kind { state.isRestarting = false } else { state.isRestarting = true }
            return state.instance
        }
        switch operation.kind {
        case .enable:
            if let instance, instance.state == .ready || instance.state == .degraded {
                finish(operation, known, Self.alreadyEnabled)
            } else {
                close(instance, known, "it is started again") { [self] in start(operation, known, $0) }
            }
        case .restart where Fault.isOn("reload-closes-replaced-generation"):
            // The replaced one is dropped, not closed.
            if let instance { for tool in catalog.tools() where tool.plugin === instance { catalog.withdraw(tool, from: .everybody) } }
            known.state.withLock { $0.instance = nil }
            start(operation, known, .success(nil))
        case .restart(let reason):
            close(instance, known, reason) { [self] in start(operation, known, $0) }
        case .disable(let reason):
            close(instance, known, reason) { [self] outcome in
                switch outcome {
                case .failure(let error): finish(operation, known, .failure(error))
                case .success(let report):
                    known.state.withLock { state in
                        state.phase = .disabled
                        state.reason = reason
                        state.error = nil
                    }
                    services.log.write(.info, plugin: nil, "plugin disabled", [("plugin", name(of: known)), ("reason", reason)])
                    finish(operation, known, report == nil ? "it was not running" : "disabled; its library stays in this process", report)
                }
            }
        }
    }

    private func name(of known: KnownPlugin) -> String { known.name ?? known.path }

    /// Starts on the loading threads: what closed the last generation must not be blocked.
    private func start(_ operation: PluginOperation, _ known: KnownPlugin, _ closed: Result<Report?, PluginError>) {
        let report: Report?
        switch closed {
        case .failure(let error): return finish(operation, known, .failure(error))
        case .success(let closed): report = closed
        }
        // Only a first start, which closed nothing, may be on the caller's thread.
        guard report != nil else { return start(operation, known, report: nil) }
        if !loading.submit({ [self] in start(operation, known, report: report) }) {
            let error = PluginError(path: known.path, what: "too many plugins change at once", howToMend: "enable it later")
            known.fail(error)
            finish(operation, known, .failure(error))
        }
    }

    private func start(_ operation: PluginOperation, _ known: KnownPlugin, report: Report?) {
        let isFirst = known.state.withLock { $0.facts == nil }
        do throws(PluginError) {
            let instance = try start(known)
            let text = "generation \(instance.scope.label) runs"
            finish(
                operation, known,
                isFirst ? text : "\(text), of the library that was loaded before; a changed file needs a new server process",
                report)
        } catch {
            known.fail(error)
            // A server that stops while it loads has no broken plugin.
            if scope.isOpen {
                services.log.write(
                    .error, plugin: nil, "a plugin does not run", [("plugin", name(of: known)), ("error", error.description)])
            }
            finish(operation, known, .failure(error))
        }
    }

    /// Closes a generation and waits for its end, but not for ever: code of the plugin that does not return keeps it.
    private func close(
        _ instance: PluginInstance?, _ known: KnownPlugin, _ reason: String,
        then: @escaping @Sendable (Result<Report?, PluginError>) -> Void
    ) {
        guard let instance else { return then(.success(nil)) }
        known.state.withLock { $0.phase = .closing }
        let runtime = services.runtime
        let race = FirstOfTwo()
        let timer = runtime.timers.schedule(at: runtime.now + Self.closeLimit, on: runtime.executor) {
            guard race.wins() else { return }
            let error = PluginError(
                path: known.path, what: "its last generation, \(instance.scope.label), does not end: code of it does not return",
                howToMend: "restart the server")
            known.fail(error)
            then(.failure(error))
        }
        instance.close(Reason(.unloaded, by: "host", text: reason)) { report in
            guard race.wins() else { return }
            runtime.timers.cancel(timer)
            then(.success(report))
        }
    }

    /// The hard deadline of a plugin's scope, and what the end of its threads may take.
    private static let closeLimit: Int64 = 12_000_000_000
}

/// Tells which of two came first.
private final class FirstOfTwo: Sendable {
    private let isOpen = Lock(true)

    func wins() -> Bool {
        isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
    }
}

/// A result that another thread brings.
private final class LoadOutcome: Sendable {
    private let result = Lock<Result<PluginChange, PluginError>?>(nil)
    private let latch = Latch()

    func set(_ new: Result<PluginChange, PluginError>) {
        result.withLock { $0 = new }
        latch.open()
    }

    /// Every operation ends: `create` and `activate`, inspection and closing have deadlines.
    func wait() -> Result<PluginChange, PluginError> {
        latch.wait()
        return result.withLock { $0 } ?? .failure(PluginError(path: "", what: "no result", howToMend: ""))
    }
}
