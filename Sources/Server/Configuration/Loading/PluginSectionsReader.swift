import JSON
import PluginHost
import YAML

/// Reads `plugins:`, a mapping from names of plugins to what is configured of each, and collects what is wrong.
struct PluginSectionsReader {
    let file: ConfigurationFile
    let secrets: SecretReferences
    private(set) var problems: [ConfigurationProblem] = []

    init(_ file: ConfigurationFile, _ secrets: SecretReferences) {
        self.file = file
        self.secrets = secrets
    }

    mutating func sections() -> [PluginSection] {
        guard let plugins = file["plugins"], !plugins.value.isNull, !plugins.value.isRefused else { return [] }
        guard case .mapping(let members, _) = plugins.value else {
            complain("'plugins'", plugins.line, "is \(plugins.value.kind); expected a mapping from names of plugins to their sections")
            return []
        }
        return members.map { section($0) }
    }

    private mutating func section(_ member: YAMLNode.Member) -> PluginSection {
        var section = PluginSection(name: member.key, line: member.line)
        let key = "plugins.\(member.key)"
        if !PluginName.isValid(member.key) {
            complain("'\(key)'", member.line, "is no name of a plugin; expected \(PluginName.rule)")
        }
        if member.value.isNull { return section }
        section.isIncomplete = member.value.isRefused
        if section.isIncomplete { return section }
        guard case .mapping(let members, _) = member.value else {
            let keys = PluginSection.keys.joined(separator: ", ")
            complain("'\(key)'", member.line, "is \(member.value.kind); expected a mapping with \(keys)")
            return section
        }
        for member in members {
            guard !member.value.isRefused else {
                section.isIncomplete = true
                continue
            }
            switch member.key {
            case "path":
                if let path = text(member, key) { section.path = absolute(path) } else { section.isIncomplete = true }
            case "enabled": section.isEnabled = isOn(member, key) ?? true
            case "pin": section.pin = pin(member, key)
            case "config": readConfig(member, key, &section)
            default:
                problems.append(.unknownKey("\(key).\(member.key)", file.path, member.line, near: member.key, PluginSection.keys))
            }
        }
        return section
    }

    // MARK: - Values

    private mutating func text(_ member: YAMLNode.Member, _ section: String) -> String? {
        let key = "'\(section).\(member.key)'"
        guard case .scalar(let text, _, _) = member.value, !member.value.isNull, !text.isEmpty else {
            complain(key, member.line, "is \(member.value.kind); expected a text")
            return nil
        }
        do throws(SecretReferences.Failure) {
            return try secrets.resolve(text).text
        } catch {
            complain(key, member.line, "needs \(error.text)")
            return nil
        }
    }

    private mutating func isOn(_ member: YAMLNode.Member, _ section: String) -> Bool? {
        guard case .scalar(let text, _, _) = member.value, case .toggle(let value)? = SettingType.toggle.parse(text) else {
            complain("'\(section).\(member.key)'", member.line, "is \(member.value.kind); expected \(SettingType.toggle.expected)")
            return nil
        }
        return value
    }

    private mutating func pin(_ member: YAMLNode.Member, _ section: String) -> PluginPin? {
        guard let text = text(member, section) else { return nil }
        guard let pin = PluginPin(text) else {
            complain(
                "'\(section).pin'", member.line,
                "is '\(text)'; expected sha256: and 64 hexadecimal digits, as `ambit plugin inspect` prints them")
            return nil
        }
        return pin
    }

    private mutating func readConfig(_ member: YAMLNode.Member, _ section: String, _ result: inout PluginSection) {
        if member.value.isNull { return }
        guard case .mapping = member.value else {
            return complain("'\(section).config'", member.line, "is \(member.value.kind); expected a mapping")
        }
        var found: [String] = []
        var wrong: [(String, Int, String)] = []
        /// Without the secrets, by path: what may be shown.
        var shown: [String: String] = [:]
        var plain = JSONWriter()
        var masked = JSONWriter()
        let path = "\(section).config"
        member.value.write(&plain, path: path) { text, path, line in
            do throws(SecretReferences.Failure) {
                let resolved = try secrets.resolve(text)
                found += resolved.secrets
                if resolved.secrets.isEmpty { shown[path] = resolved.text }
                return resolved.text
            } catch {
                wrong.append((path, line, error.text))
                return ""
            }
        }
        member.value.write(&masked, path: path) { _, path, _ in
            let key = path.split(separator: ".").last.map(String.init) ?? path
            return SecretMask.isSecret(key) ? SecretMask.replacement : shown[path] ?? SecretMask.replacement
        }
        for (path, line, text) in wrong { complain("'\(path)'", line, "needs \(text)") }
        result.config = plain.bytes
        result.maskedConfig = masked.bytes
        result.secrets = found
    }

    /// Paths in a file are relative to its folder.
    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") || file.folder == "." ? path : "\(file.folder)/\(path)"
    }

    private mutating func complain(_ key: String, _ line: Int, _ text: String) {
        problems.append(ConfigurationProblem("\(key) at \(ConfigurationProblem.place(file.path, line)) \(text)", line: line))
    }
}
