internal import Configuration
import YAML

/// Texts of settings from flags, variables and file, the nearest first.
struct SettingReader {
    struct Found {
        /// One, or those of a list.
        let texts: [String]
        let source: SettingSource
    }

    private let reader: ConfigReader
    private let recorder = SourceRecorder()
    private let file: ConfigurationFile?

    /// - Parameters:
    ///   - fileTexts: texts of the file by key; only settings.
    ///   - separator: between the elements of lists in variables.
    init(_ sources: ConfigurationSources, _ file: ConfigurationFile?, fileTexts: [String: [String]], separator: Character) {
        self.file = file
        let variables = sources.environment.filter { $0.key.hasPrefix("AMBIT_") }
        reader = ConfigReader(
            providers: [
                InMemoryProvider(name: "flags", values: Self.values(sources.flags)),
                EnvironmentVariablesProvider(environmentVariables: variables, arraySeparator: separator).prefixKeys(with: "ambit"),
                InMemoryProvider(name: "file", values: Self.values(fileTexts)),
            ], accessReporter: recorder)
    }

    func find(_ definition: SettingDefinition) -> Found? {
        let key = ConfigKey([definition.name])
        let texts: [String]
        if definition.type.isList {
            guard let found = reader.stringArray(forKey: key) else { return nil }
            texts = found.filter { !$0.isEmpty }
        } else {
            guard let found = reader.string(forKey: key) else { return nil }
            texts = [found]
        }
        return Found(texts: texts, source: source(of: definition, texts))
    }

    private func source(of definition: SettingDefinition, _ texts: [String]) -> SettingSource {
        var flag = definition.flag
        if case .toggle = definition.type, texts == ["false"] { flag = "no-\(flag)" }
        return switch recorder.last {
        case 0: .flag(flag)
        case 1: .variable(definition.variable)
        case 2: .file(file?.path ?? "", line: file?[definition.name]?.line ?? 0)
        default: .standard
        }
    }

    private static func values(_ texts: [String: [String]]) -> [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        let lists = Set(SettingTable.all.filter(\.type.isList).map(\.name))
        for (name, texts) in texts {
            let content: ConfigContent? = lists.contains(name) ? .stringArray(texts) : texts.last.map { .string($0) }
            if let content { values[AbsoluteConfigKey([name])] = ConfigValue(content, isSecret: false) }
        }
        return values
    }
}
