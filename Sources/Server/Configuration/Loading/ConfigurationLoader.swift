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
        do throws(ConfigurationProblem) {
            file = try ConfigurationFile.load(location)
        } catch {
            problems.append(error)
        }
        let settings = self.settings(file)
        var configuration = AmbitConfiguration(for: program)
        for setting in settings { setting.definition.write(&configuration, setting.value) }
        let plugins = self.plugins(file, configuration, settings)
        configuration.plugins = plugins.map(\.configured)
        if program == .serve { problems += ListeningRules.problems(configuration).map { ConfigurationProblem($0) } }
        SecretMask.hide(foundSecrets)
        var missing: String?
        if file == nil, case .user(let path) = location { missing = path }
        return LoadedConfiguration(
            program: program, file: file?.path, missingFile: missing, settings: settings, plugins: plugins, problems: problems,
            warnings: EnvironmentNames.warnings(sources.environment), configuration: configuration)
    }

    // MARK: - Settings

    private mutating func settings(_ file: ConfigurationFile?) -> [ResolvedSetting] {
        let texts = file.map { self.texts($0) } ?? [:]
        var readers: [Character: SettingReader] = [:]
        var settings: [ResolvedSetting] = []
        for definition in SettingTable.settings(for: program) {
            var separator: Character = ","
            if case .list(let own) = definition.type { separator = own }
            let reader = readers[separator] ?? SettingReader(sources, file, fileTexts: texts, separator: separator)
            readers[separator] = reader
            settings.append(resolve(definition, reader.find(definition)))
        }
        return settings
    }

    /// The settings of the file as texts. What is no setting is wrong, whatever program reads it.
    private mutating func texts(_ file: ConfigurationFile) -> [String: [String]] {
        var texts: [String: [String]] = [:]
        for member in file.members where member.key != "plugins" {
            guard let definition = SettingTable.all.first(where: { $0.key == member.key }) else {
                let names = SettingTable.all.compactMap(\.key) + ["plugins"]
                problems.append(.unknownKey(member.key, file.path, member.line, near: member.key, names))
                continue
            }
            if let found = Self.texts(member.value, definition.type) {
                texts[member.key] = found
            } else {
                let place = ConfigurationProblem.place(file.path, member.line)
                problems.append(
                    ConfigurationProblem("'\(member.key)' at \(place) is \(member.value.kind); expected \(definition.type.expected)"))
            }
        }
        return texts
    }

    private static func texts(_ node: YAMLNode, _ type: SettingType) -> [String]? {
        let isList = type.isList
        if case .mapping = type, case .mapping(let members, _) = node {
            var texts: [String] = []
            for member in members {
                guard let scopes = Self.texts(member.value, .list(separator: ",")) else { return nil }
                texts.append("\(member.key)=\(scopes.joined(separator: " "))")
            }
            return texts
        }
        switch node {
        case .scalar(let text, _, _):
            guard node.isNull else { return [text] }
            return type.mayBeMissing ? [""] : nil
        case .mapping: return nil
        case .sequence(let elements, _):
            guard isList else { return nil }
            var texts: [String] = []
            for element in elements {
                guard case .scalar(let text, _, _) = element, !element.isNull else { return nil }
                texts.append(text)
            }
            return texts
        }
    }

    private mutating func resolve(_ definition: SettingDefinition, _ found: SettingReader.Found?) -> ResolvedSetting {
        let standard = definition.read(AmbitConfiguration(for: program))
        let fallback = ResolvedSetting(
            definition: definition, value: standard, source: .standard, isSecret: false, standard: standard.text)
        guard let found else { return fallback }
        var texts: [String] = []
        var own: [String] = []
        for text in found.texts {
            do throws(SecretReferences.Failure) {
                let resolved = try secrets.resolve(text)
                texts.append(resolved.text)
                own += resolved.secrets
            } catch {
                problems.append(ConfigurationProblem("'\(definition.name)' (\(found.source)) needs \(error.text)"))
                return fallback
            }
        }
        if definition.type.isSecret { own += texts.filter { !own.contains($0) } }
        foundSecrets += own
        let value = definition.type.isList ? .list(texts) : texts.last.flatMap { definition.type.parse($0) }
        guard let value else {
            let shown = own.isEmpty ? texts.last ?? "" : SecretMask.replacement
            problems.append(
                ConfigurationProblem("'\(definition.name)' (\(found.source)) is '\(shown)'; expected \(definition.type.expected)"))
            return fallback
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
            } else if !InstalledFiles.shippedNames.contains(section.name) {
                let place = ConfigurationProblem.place(file?.path ?? "", section.line)
                let nearest = NearestName.of(section.name, among: InstalledFiles.shippedNames).map { "; did you mean '\($0)'?" } ?? ""
                problems.append(
                    ConfigurationProblem(
                        "'plugins.\(section.name)' at \(place) has no path, and no plugin of that name ships\(nearest)"))
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
