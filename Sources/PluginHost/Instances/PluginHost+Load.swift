internal import JSON
internal import MCP
internal import Scopes

extension PluginHost {
    /// Loads a plugin and offers its tools. Blocks while `create` and `activate` run, on threads of the plugin.
    ///
    /// The checks come in this order: file, loader, symbol, ABI, toolchain, name, requirements, configuration, name taken, create, tools,
    /// activate, tool names taken. What a failed load has acquired is released through the plugin's scope.
    package func load(path: String, config: [UInt8] = Array("{}".utf8)) throws(PluginError) -> PluginInstance {
        try load(path, config) { () throws(PluginError) in try PluginFacts(try PluginLibrary(path: path)) }
    }

    func load(
        _ path: String, _ config: [UInt8], _ find: () throws(PluginError) -> PluginFacts
    ) throws(PluginError) -> PluginInstance {
        let slot = PluginResource(label: path)
        do throws(ScopeClosed) {
            try scope.reserve(slot)
        } catch {
            throw PluginError(path: path, what: "the server is stopping", howToMend: "")
        }
        let facts: PluginFacts
        do throws(PluginError) {
            facts = try find()
            try Self.checkConfig(config, path)
            try reserveName(facts.name, path)
        } catch {
            slot.withdraw()
            throw error
        }
        let instance: PluginInstance
        do throws(PluginError) {
            instance = try open(facts, path, slot)
        } catch {
            forgetName(facts.name)
            slot.withdraw()
            throw error
        }
        do throws(PluginError) {
            try start(instance, config)
            do throws(ScopeClosed) {
                try slot.commit()
            } catch {
                throw PluginError(path: path, what: "the server is stopping", howToMend: "")
            }
        } catch {
            instance.life.withLock { $0.state = .failed }
            instance.close(Reason(.failed, by: "load", text: error.description))
            throw error
        }
        services.log.write(
            .info, plugin: nil, "plugin loaded",
            [("plugin", instance.name), ("version", instance.version), ("path", path), ("scope", instance.scope.label)])
        return instance
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

    private func reserveName(_ name: String, _ path: String) throws(PluginError) {
        let other = loaded.withLock { loaded -> String? in
            if let other = loaded.names[name] { return other }
            loaded.names[name] = path
            return nil
        }
        guard let other else { return }
        throw PluginError(
            path: path, what: "the plugin name '\(name)' is taken by \(other)", howToMend: "load only one of the two")
    }

    private func forgetName(_ name: String) {
        loaded.withLock { _ = $0.names.removeValue(forKey: name) }
    }

    /// The scope, the instance in it, and what happens at its end.
    private func open(_ facts: PluginFacts, _ path: String, _ slot: PluginResource) throws(PluginError) -> PluginInstance {
        let generation = loaded.withLock { loaded in
            loaded.generations[facts.name, default: 0] += 1
            return loaded.generations[facts.name, default: 0]
        }
        let pluginScope: Scope
        do throws(ScopeClosed) {
            pluginScope = try scope.open(.plugin, "\(facts.name)#\(generation)")
        } catch {
            throw PluginError(path: path, what: "the server is stopping", howToMend: "")
        }
        let instance = PluginInstance(facts, path: path, scope: pluginScope, services: services)
        loaded.withLock { $0.instances.append(instance) }
        instance.whenGone { [weak self] in
            self?.loaded.withLock { loaded in
                loaded.instances.removeAll { $0 === instance }
                loaded.names.removeValue(forKey: instance.name)
            }
            slot.ended()
        }
        pluginScope.whenClosed { instance.scopeClosed($0) }
        return instance
    }

    private func start(_ instance: PluginInstance, _ config: [UInt8]) throws(PluginError) {
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
        let tools = try instance.readTools()
        try instance.activate()
        do throws(ScopeClosed) {
            try instance.scope.add(QuiesceHook(instance))
        } catch {
            throw PluginError(path: path, what: "the server is stopping", howToMend: "")
        }
        // Withdrawn by their registrations when the scope closes.
        try catalog.register(tools, of: instance)
        guard instance.becomeReady() else {
            throw PluginError(path: path, what: "it was closed while it was loaded", howToMend: "")
        }
    }
}
