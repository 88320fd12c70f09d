internal import JSON
internal import MCP
internal import Scopes

extension PluginHost {
    /// Starts one generation. Blocks while the plugin is inspected and while `create` and `activate` run, on threads of the plugin.
    ///
    /// The checks come in this order: file, who else could change it, pin, loader, symbol, ABI, toolchain, name, requirements (these in a
    /// process of their own, then here), configuration, name taken, create, tools, activate, tool names taken. What a failed start has
    /// acquired is released through the plugin's scope.
    func start(_ known: KnownPlugin) throws(PluginError) -> PluginInstance {
        let (spec, loadedBefore) = known.state.withLock { state in
            state.phase = .loading
            return (state.spec, state.facts)
        }
        let slot = PluginResource(label: spec.path)
        do throws(AcquireError) {
            try scope.reserve(slot)
        } catch {
            throw Self.stopping(spec.path)
        }
        let instance: PluginInstance
        do throws(PluginError) {
            let facts: PluginFacts
            if let loadedBefore {
                facts = loadedBefore
            } else if let linked = known.linked {
                facts = try PluginFacts(linked: linked, path: spec.path)
            } else {
                facts = try loader.load(spec)
            }
            // It stays in this process from here on, whatever comes.
            known.state.withLock { $0.facts = facts }
            try spec.checkName(facts.name)
            try Self.checkConfig(spec.config, spec.path)
            try spec.checkConfig(facts.configSchema)
            try reserveName(facts.name, spec.path)
            instance = try open(facts, known, slot)
        } catch {
            forgetName(of: known)
            slot.withdraw()
            throw error
        }
        let offers: Offers
        do throws(PluginError) {
            offers = try run(instance, spec.config)
            do throws(AcquireError) {
                try slot.commit()
            } catch {
                throw Self.stopping(spec.path)
            }
        } catch {
            instance.life.withLock { $0.state = .failed }
            forgetName(of: known)
            instance.close(Reason(.failed, by: "load", text: error.description))
            throw error
        }
        known.state.withLock { state in
            // It may have been closed meanwhile.
            if state.instance === instance { state.phase = .running }
            state.error = nil
            state.offered = OfferedNames(offers)
        }
        services.log.write(
            .info, plugin: nil, "plugin loaded",
            [("plugin", instance.name), ("version", instance.version), ("path", spec.path), ("scope", instance.scope.label)])
        return instance
    }

    private static func stopping(_ path: String) -> PluginError {
        PluginError(path: path, what: "the server is stopping", howToMend: "")
    }

    private static func checkConfig(_ config: [UInt8], _ path: String) throws(PluginError) {
        let problem: String
        do throws(JSONError) {
            if try JSONDocument(config).root.kind == .object { return }
            problem = "it is not an object"
        } catch {
            problem = "\(error)"
        }
        throw PluginError(path: path, what: "its configuration is not a JSON object: \(problem)", howToMend: "mend the configuration")
    }

    /// A name belongs to a plugin that runs or was disabled, not to one that failed.
    private func reserveName(_ name: String, _ path: String) throws(PluginError) {
        let other = loaded.withLock { loaded -> String? in
            if let other = loaded.names[name], other != path { return other }
            loaded.names[name] = path
            return nil
        }
        guard let other else { return }
        throw PluginError(taken: name, path: path, by: other)
    }

    private func forgetName(of known: KnownPlugin) {
        guard let name = known.state.withLock({ $0.facts?.name }) else { return }
        loaded.withLock { if $0.names[name] == known.path { $0.names[name] = nil } }
    }

    /// The scope, the instance in it, and what happens at its end.
    private func open(_ facts: PluginFacts, _ known: KnownPlugin, _ slot: PluginResource) throws(PluginError) -> PluginInstance {
        let (generation, quota) = loaded.withLock { loaded in
            loaded.generations[facts.name, default: 0] += 1
            let quota = loaded.quotas[facts.name] ?? QuotaAccount("plugin \(facts.name)", .plugin)
            loaded.quotas[facts.name] = quota
            return (loaded.generations[facts.name, default: 0], quota)
        }
        let pluginScope: Scope
        do throws(AcquireError) {
            pluginScope = try scope.open(.plugin, "\(facts.name)#\(generation)", accounts: [quota])
        } catch {
            throw Self.stopping(known.path)
        }
        let instance = PluginInstance(facts, path: known.path, scope: pluginScope, services: services)
        loaded.withLock { $0.instances.append(instance) }
        known.state.withLock { state in
            state.instance = instance
            state.generation = generation
        }
        instance.whenGone { [weak self] in
            self?.loaded.withLock { loaded in loaded.instances.removeAll { $0 === instance } }
            known.state.withLock { state in
                guard state.instance === instance else { return }
                state.instance = nil
                guard state.phase == .running else { return }
                state.phase = .disabled
                state.reason = "its scope was closed"
            }
            slot.ended()
        }
        pluginScope.whenClosed { instance.scopeClosed($0) }
        return instance
    }

    /// - Returns: what it offers.
    private func run(_ instance: PluginInstance, _ config: [UInt8]) throws(PluginError) -> Offers {
        // It may be closed at any moment from here on, but is not destroyed before this returns.
        instance.gate.enter()
        defer { instance.gate.leave() }
        let path = instance.path
        do throws(Refusal) {
            try instance.introduce()
        } catch {
            throw PluginError(path: path, what: error.text, howToMend: "")
        }
        try instance.create(config: config)
        let offers = try instance.readOffers()
        try instance.activate()
        do throws(AcquireError) {
            try instance.scope.add(QuiesceHook(instance))
        } catch {
            throw Self.stopping(path)
        }
        // Withdrawn by their registrations when the scope closes.
        try catalog.register(offers, of: instance)
        guard instance.becomeReady() else {
            throw PluginError(path: path, what: "it was closed while it was loaded", howToMend: "")
        }
        return offers
    }
}
