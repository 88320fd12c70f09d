import ArgumentParser
import Server

/// The flags of a program, made from the table of settings: nothing is declared here that could disagree with it.
///
/// The parser finds properties by reflection, so what is reflected are options made from the table, and decoding asks for them by the same
/// names.
struct SettingOptions<Program: ConfiguredProgram>: ParsableArguments, CustomReflectable {
    private(set) var values: [String: [String]] = [:]
    private(set) var file: String?

    private static var definitions: [SettingDefinition] { SettingTable.settings(for: Program.kind) }
    private static var fileKey: String { "config" }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        file = try container.decode(Option<String?>.self, forKey: Key(stringValue: Self.fileKey)).wrappedValue
        for definition in Self.definitions {
            let key = Key(stringValue: definition.name)
            switch definition.type {
            case .toggle:
                if let value = try container.decode(Flag<Bool?>.self, forKey: key).wrappedValue { values[definition.name] = ["\(value)"] }
            case .list, .mapping:
                let given = try container.decode(Option<[String]>.self, forKey: key).wrappedValue
                if !given.isEmpty { values[definition.name] = given }
            default:
                if let value = try container.decode(Option<String?>.self, forKey: key).wrappedValue { values[definition.name] = [value] }
            }
        }
    }

    var customMirror: Mirror {
        var children: [Mirror.Child] = [
            (
                Self.fileKey,
                Option<String?>(
                    name: .customLong("config"),
                    help: ArgumentHelp("The configuration file; none for none [AMBIT_CONFIG].", valueName: "file"))
            )
        ]
        for definition in Self.definitions { children.append((definition.name, Self.argument(definition))) }
        return Mirror(self, children: children)
    }

    /// Where the values of the program come from.
    var sources: ConfigurationSources { ConfigurationSources(flags: values, file: file) }

    /// Whether a flag of this setting was given.
    func isGiven(_ name: String) -> Bool { values[name] != nil }

    private static func argument(_ definition: SettingDefinition) -> Any {
        let standard = definition.standard(for: Program.kind)
        let name = NameSpecification.customLong(definition.flag)
        let abstract = "\(definition.summary.dropLast()) [\(definition.variable)]."
        switch definition.type {
        case .toggle: return Flag<Bool?>(name: name, inversion: .prefixedNo, help: ArgumentHelp(abstract))
        case .list, .mapping:
            return Option<[String]>(
                wrappedValue: [], name: name, help: ArgumentHelp("\(abstract) May be given several times.", valueName: "value"))
        default:
            return Option<String?>(name: name, help: ArgumentHelp(abstract, valueName: standard.isEmpty ? "value" : standard))
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
