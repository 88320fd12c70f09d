import PluginHost
import Scopes

/// `ambit config check`.
package struct ConfigCheckProgram {
    private let program: ProgramKind
    private let sources: ConfigurationSources
    private let json: Bool

    package init(program: ProgramKind, sources: ConfigurationSources, json: Bool) {
        self.program = program
        self.sources = sources
        self.json = json
    }

    /// Prints every value with its source, and exits; 1 when something is wrong.
    package func run() -> Never {
        var loaded = ConfigurationLoader.load(program, sources)
        loaded.add(problems(of: loaded.plugins))
        loaded.add(NamedFiles.problems(loaded.configuration))
        let report = ConfigurationReport(loaded)
        Program.out(json ? report.json : Array(report.text.utf8))
        if !json {
            for warning in loaded.warnings { Program.say("ambit: warning: \(warning)") }
            for problem in loaded.problems { Program.say("ambit: \(problem)") }
        }
        Program.exit(loaded.problems.isEmpty ? 0 : 1)
    }

    /// What loading would refuse: the files, their pins, names and configurations. Each plugin is looked at in a process of its own.
    private func problems(of plugins: [ResolvedPlugin]) -> [ConfigurationProblem] {
        guard let launcher = InstalledFiles.launcher else { return [ConfigurationProblem(InstalledFiles.missingLauncher)] }
        Reactor.blockSignals()
        let loader = PluginLoader(.installed, scope: Scope.root(Runtime()), launcherPath: launcher)
        var problems: [ConfigurationProblem] = []
        var pathByName: [String: String] = [:]
        for plugin in plugins where plugin.isEnabled {
            do throws(PluginError) {
                let spec = plugin.configured.spec
                guard let name = try loader.check(spec) else { continue }
                if let other = pathByName[name], other != spec.path { throw PluginError(taken: name, path: spec.path, by: other) }
                pathByName[name] = spec.path
            } catch {
                let text = "plugin \(plugin.name ?? plugin.path) (\(plugin.source)): \(error)"
                problems.append(ConfigurationProblem(text, line: plugin.source.line))
            }
        }
        return problems
    }
}
