import Glibc

/// Puts a configuration together, and collects everything that is wrong with it instead of stopping at the first.
package struct ConfigurationLoader {
    private let program: ProgramKind
    private let sources: ConfigurationSources
    private let secrets: SecretReferences
    private var problems: [ConfigurationProblem] = []
    private var foundSecrets: [String] = []

    private init(_ program: ProgramKind, _ sources: ConfigurationSources) {
        self.program = program
        self.sources = sources
        secrets = SecretReferences(environment: sources.environment)
    }

    /// Reads the file, and the files of secrets. What came from secrets is masked in logs from here on.
    package static func load(_ program: ProgramKind, _ sources: ConfigurationSources) -> LoadedConfiguration {
        var loader = ConfigurationLoader(program, sources)
        return loader.load()
    }

    private mutating func load() -> LoadedConfiguration {
        let location = ConfigurationLocation(sources)
        var file: ConfigurationFile?
        var isWhole = true
        do throws(ConfigurationProblem) {
            file = try ConfigurationFile.load(location)
            isWhole = file?.isWhole ?? true
            problems += file?.problems ?? []
        } catch {
            isWhole = false
            problems.append(ConfigurationProblem(error.description, line: 0))
        }
        let settings = self.settings(file, isWhole: isWhole)
        var configuration = AmbitConfiguration(for: program)
        for setting in settings { setting.definition.write(&configuration, setting.value) }
        let plugins = self.plugins(file, configuration, settings)
        configuration.plugins = plugins.map(\.configured)
        SecretMask.hide(foundSecrets)
        var loaded = LoadedConfiguration(
            program, location, file, isWhole: isWhole, settings: settings, plugins: plugins, problems: problems,
            warnings: EnvironmentNames.warnings(sources.environment) + UnusedSettings.warnings(program, sources.environment),
            configuration: configuration)
        // In a file that was not read to its end, what a rule misses may be in the rest.
        if isWhole { loaded.add(SettingRules.problems(configuration, for: program)) }
        return loaded
    }

    // MARK: - Settings

    private mutating func settings(_ file: ConfigurationFile?, isWhole: Bool) -> [ResolvedSetting] {
        let fromFile = file.map { FileSettings($0) }
        problems += fromFile?.problems ?? []
        var readers: [Character: SettingReader] = [:]
        var settings: [ResolvedSetting] = []
        for definition in SettingTable.settings(for: program) {
            var separator: Character = ","
            if case .list(let own) = definition.type { separator = own }
            let reader = readers[separator] ?? SettingReader(sources, file, fileTexts: fromFile?.texts ?? [:], separator: separator)
            readers[separator] = reader
            var setting = resolve(definition, reader.find(definition))
            if setting.source == .standard, let file, fromFile?.wrong.contains(definition.name) == true {
                setting = setting.refused(.wrong, by: .file(file.path, line: file.line(of: definition.name)))
            } else if setting.source == .standard, !isWhole {
                setting = setting.refused(.unknown, by: .standard)
            }
            settings.append(setting)
        }
        return settings
    }

    private mutating func resolve(_ definition: SettingDefinition, _ found: SettingReader.Found?) -> ResolvedSetting {
        let standard = definition.read(AmbitConfiguration(for: program))
        let fallback = ResolvedSetting(
            definition: definition, value: standard, source: .standard, isSecret: false, standard: standard.text)
        guard let found else { return fallback }
        func wrong(_ text: String) -> ResolvedSetting {
            problems.append(ConfigurationProblem("'\(definition.name)' (\(found.source)) \(text)", line: found.source.line))
            return fallback.refused(.wrong, by: found.source)
        }
        var texts: [String] = []
        var own: [String] = []
        for text in found.texts {
            do throws(SecretReferences.Failure) {
                let resolved = try secrets.resolve(text)
                texts.append(resolved.text)
                own += resolved.secrets
            } catch {
                return wrong("needs \(error.text)")
            }
        }
        if definition.type.isSecret { own += texts.filter { !own.contains($0) } }
        foundSecrets += own
        let value = definition.type.isList ? .list(texts) : texts.last.flatMap { definition.type.parse($0) }
        guard let value else {
            let shown = own.isEmpty ? texts.last ?? "" : SecretMask.replacement
            return wrong("is '\(shown)'; expected \(definition.type.expected)")
        }
        return ResolvedSetting(
            definition: definition, value: value, source: found.source, isSecret: own.contains { !$0.isEmpty }, standard: standard.text)
    }

    // MARK: - Plugins

    /// Those that ship, then those of the file in its order, then those of flag or variable that are not there yet.
    private mutating func plugins(
        _ file: ConfigurationFile?, _ configuration: AmbitConfiguration, _ settings: [ResolvedSetting]
    ) -> [ResolvedPlugin] {
        var sections: [PluginSection] = []
        if let file {
            var reader = PluginSectionsReader(file, secrets)
            sections = reader.sections()
            problems += reader.problems
        }
        foundSecrets += sections.flatMap(\.secrets)
        let shipped = InstalledFiles.shipped
        var result: [ResolvedPlugin] = []
        for plugin in shipped where configuration.defaultPlugins {
            let section = sections.first { $0.name == plugin.name && $0.path == nil }
            let source = section.map { SettingSource.file(file?.path ?? "", line: $0.line) } ?? .standard
            result.append(ResolvedPlugin(name: plugin.name, path: plugin.path, section: section, source: source))
        }
        for section in sections {
            if let path = section.path {
                let source = SettingSource.file(file?.path ?? "", line: section.line)
                result.append(ResolvedPlugin(name: section.name, path: path, section: section, source: source))
            } else if !section.isIncomplete, !InstalledFiles.shippedNames.contains(section.name) {
                let place = ConfigurationProblem.place(file?.path ?? "", section.line)
                let nearest = NearestName.of(section.name, among: InstalledFiles.shippedNames).map { "; did you mean '\($0)'?" } ?? ""
                problems.append(
                    ConfigurationProblem(
                        "'plugins.\(section.name)' at \(place) has no path, and no plugin of that name ships\(nearest)",
                        line: section.line))
            }
        }
        let named = settings.first { $0.definition.name == "plugins" }
        // One file under any spelling is one plugin.
        for path in configuration.pluginPaths where !result.contains(where: { Self.isSameFile($0.path, path) }) {
            result.append(ResolvedPlugin(name: nil, path: path, section: nil, source: named?.source ?? .standard))
        }
        return result
    }

    private static func isSameFile(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        guard let first = realpath(one, nil) else { return false }
        defer { free(first) }
        guard let second = realpath(other, nil) else { return false }
        defer { free(second) }
        return strcmp(first, second) == 0
    }
}
