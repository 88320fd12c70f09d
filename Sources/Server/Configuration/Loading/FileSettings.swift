import YAML

/// The settings of a file as texts, and what is wrong with their form. What is no setting is wrong, whatever program reads it.
struct FileSettings {
    private let path: String
    /// By the name of the setting.
    private(set) var texts: [String: [String]] = [:]
    /// Settings whose value can't be used.
    private(set) var wrong: Set<String> = []
    private(set) var problems: [ConfigurationProblem] = []

    init(_ file: ConfigurationFile) {
        path = file.path
        for member in file.members where member.key != "plugins" { read(member) }
    }

    private mutating func read(_ member: YAMLNode.Member) {
        guard let definition = SettingTable.all.first(where: { $0.key == member.key }) else {
            let names = SettingTable.all.compactMap(\.key) + ["plugins"]
            // What is refused was complained of already.
            if !member.value.isRefused { problems.append(.unknownKey(member.key, path, member.line, near: member.key, names)) }
            return
        }
        if let found = texts(member.value, definition.type, member.key, member.line) {
            texts[member.key] = found
        } else {
            wrong.insert(member.key)
        }
    }

    private mutating func texts(_ node: YAMLNode, _ type: SettingType, _ key: String, _ line: Int) -> [String]? {
        if case .mapping = type, case .mapping(let members, _) = node { return scopes(members, key) }
        switch node {
        case .refused: return nil
        case .scalar(let text, _, _) where !node.isNull: return [text]
        case .scalar where type.mayBeMissing: return [""]
        case .sequence(let elements, _) where type.isList: return texts(elements, key)
        default:
            complain(key, line, "is \(node.kind); expected \(type.expected)")
            return nil
        }
    }

    private mutating func texts(_ elements: [YAMLNode], _ key: String) -> [String]? {
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            if case .scalar(let text, _, _) = element, !element.isNull {
                texts.append(text)
            } else if !element.isRefused {
                complain("\(key)[\(index)]", element.line, "is \(element.kind); expected a text")
            }
        }
        return texts.count == elements.count ? texts : nil
    }

    /// `name=scope scope` for each member.
    private mutating func scopes(_ members: [YAMLNode.Member], _ key: String) -> [String]? {
        var entries: [String] = []
        for member in members {
            let inner = "\(key).\(member.key)"
            guard let scopes = texts(member.value, .list(separator: ","), inner, member.line) else { continue }
            if case .sequence(let elements, _) = member.value, let index = scopes.firstIndex(where: { $0.contains(" ") }) {
                complain(inner, elements[index].line, "has '\(scopes[index])'; expected one scope in each element, without spaces")
            } else {
                entries.append("\(member.key)=\(scopes.joined(separator: " "))")
            }
        }
        return entries.count == members.count ? entries : nil
    }

    private mutating func complain(_ key: String, _ line: Int, _ text: String) {
        problems.append(ConfigurationProblem("'\(key)' at \(ConfigurationProblem.place(path, line)) \(text)", line: line))
    }
}
