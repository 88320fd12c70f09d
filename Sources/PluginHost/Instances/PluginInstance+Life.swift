internal import CAmbit
internal import MCP
package import Scopes

extension PluginInstance {
    /// Ends the generation: its scope closes, then it is destroyed and its threads end.
    ///
    /// - Parameter done: called once it is gone, with what the close of its scope did.
    package func close(_ reason: Reason, done: (@Sendable (Report) -> Void)? = nil) {
        scope.close(reason)
        guard let done else { return }
        whenGone { [self] in scope.whenClosed(done) }
    }

    /// Calls `body` once when the instance is destroyed, or is known to be undestroyable; at once when it is already.
    func whenGone(_ body: @escaping @Sendable () -> Void) {
        let gone = life.withLock { life in
            if !life.isGone { life.watchers.append(body) }
            return life.isGone
        }
        if gone { body() }
    }

    /// Runs plugin code on a thread of the plugin and waits for it.
    private func onPluginThread<R: Sendable>(
        _ what: StaticString, _ body: @escaping @Sendable () -> R
    ) throws(PluginError) -> R {
        let result = SharedResult<R>()
        let latch = Latch()
        post {
            result.value.withLock { $0 = body() }
            latch.open()
        }
        guard latch.wait(nanoseconds: services.startLimit), let value = result.value.withLock({ $0 }) else {
            throw PluginError(
                path: path, what: "\(what) of '\(name)' did not return within \(services.startLimit / 1_000_000) ms",
                howToMend: "\(what) must not wait for anything outside the process")
        }
        return value
    }

    /// `create`: makes the instance, without any effect outside it.
    func create(config: [UInt8]) throws(PluginError) {
        let descriptor = SharedDescriptor(library: facts.descriptor)
        let outcome = try onPluginThread("create") { [self] () -> StartOutcome in
            Bracket.pluginThread.check(self, "create")
            var error = ambit_error()
            error.struct_size = UInt32(MemoryLayout<ambit_error>.size)
            var out: UnsafePointer<ambit_plugin>?
            let status = config.withUnsafeBytes { config in
                descriptor.library.pointee.create!(
                    descriptor.library, foreignHost.pointer, ambit_text(borrowing: config), &out, &error)
            }
            guard status == statusOK else { return .failed(status, error.message) }
            guard let out else { return .failed(status, "it returned AMBIT_OK and no instance") }
            guard out.pointee.struct_size >= UInt32(MemoryLayout<ambit_plugin>.size) else { return .tooSmall(out.pointee.struct_size) }
            // Here, so that one that comes after nobody waits for it any more is destroyed, too.
            life.withLock { $0.plugin = ForeignPlugin(pointer: out) }
            return .done
        }
        switch outcome {
        case .tooSmall(let size):
            throw PluginError(
                path: path, what: "the instance of '\(name)' says a struct_size of \(size)", howToMend: "set it to sizeof")
        case .failed(let status, let text):
            throw PluginError(
                path: path, what: "create of '\(name)' failed (status \(status)): \(text)", howToMend: "")
        case .done: break
        }
    }

    /// `activate`: takes exclusive resources.
    func activate() throws(PluginError) {
        guard let plugin = life.withLock({ $0.plugin }), let function = plugin.pointer.pointee.activate else { return }
        let callback = ForeignCallback(plugin.context, function)
        let outcome = try onPluginThread("activate") { [self] () -> StartOutcome in
            Bracket.pluginThread.check(self, "activate")
            var error = ambit_error()
            error.struct_size = UInt32(MemoryLayout<ambit_error>.size)
            let status = callback.function(callback.context, &error)
            return status == statusOK ? .done : .failed(status, error.message)
        }
        if case .failed(let status, let text) = outcome {
            throw PluginError(
                path: path, what: "activate of '\(name)' failed (status \(status)): \(text)", howToMend: "")
        }
    }

    /// Its calls may come. False when it has begun to close meanwhile.
    func becomeReady() -> Bool {
        life.withLock { life in
            if life.state == .loading { life.state = .ready }
            return life.state == .ready || life.state == .degraded
        }
    }

    /// The plugin is told that no call comes any more.
    func announceQuiesce() {
        guard let plugin = life.withLock({ $0.plugin }), let function = plugin.pointer.pointee.quiesce else { return }
        let callback = ForeignCallback(plugin.context, function)
        post { callback.function(callback.context) }
    }

    /// Its scope has closed: destroy, unless something of it may still run (S9).
    func scopeClosed(_ report: Report) {
        // Before it can be gone: who waits for that finds no handle of it.
        life.withLock { $0.scopeEntry.take() }?.withdraw()
        services.sessions.generationEnded(self)
        // Also what was given up long before, in a scope below that has closed since.
        let abandoned = max(report.abandoned, life.withLock { $0.abandoned })
        if abandoned > 0 {
            services.log.write(
                .error, plugin: nil, "a plugin is not destroyed: some of its work could not be stopped",
                [("plugin", name), ("scope", report.path), ("abandoned", String(abandoned))]
                    + report.details.map { ("detail", $0) })
            gate.whenIdle { [self] in services.runtime.executor.post { [self] in stopThreads() } }
            becomeGone()
            return
        }
        gate.whenIdle { [self] in destroy() }
    }

    private func destroy() {
        let plugin = life.withLock { $0.plugin.take() }
        executor.post { [self] in
            if let plugin, let function = plugin.pointer.pointee.destroy {
                PluginJob.run(self) { function(plugin.context) }
            }
            // Its threads can't end themselves.
            services.runtime.executor.post { [self] in
                HandleTable.shared.remove(foreignHost.handle)
                stopThreads()
                becomeGone()
            }
        }
    }

    private func stopThreads() {
        executor.stop()
        blocking.stop()
    }

    private func becomeGone() {
        forgetNumber()
        let watchers = life.withLock { life in
            life.state = life.state == .failed ? .failed : .closed
            life.isGone = true
            defer { life.watchers = [] }
            return life.watchers
        }
        for watcher in watchers { watcher() }
    }
}

private enum StartOutcome: Sendable {
    case done
    case tooSmall(UInt32)
    case failed(ambit_status, String)
}

private final class SharedResult<R: Sendable>: Sendable {
    let value = Lock<R?>(nil)
}

private struct SharedDescriptor: @unchecked Sendable {  // static data of the library (A1)
    let library: UnsafePointer<ambit_plugin_descriptor>
}

extension ambit_error {
    /// What a plugin wrote into an error of the host's.
    var message: String {
        withUnsafeBytes(of: text) { bytes in
            let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            return text.isEmpty ? "it gives no reason" : text
        }
    }
}
