internal import AmbitPlugin
private import YAML

/// The rules by which errors are found, in their order.
struct ErrorRules: Sendable {
    let list: [ErrorRule]
    /// What any of them may begin with: most lines are no error, and are looked at once. Nil without rules.
    let anyStart: LinePattern?

    /// Those that ship with the plugin.
    static let shipped = Result { try ErrorRules(reading: PackageResources.errors_yaml, of: "errors.yaml") }

    init(_ list: [ErrorRule], starts: [String]) throws(ToolError) {
        self.list = list
        anyStart = list.isEmpty ? nil : try LinePattern(starts.map { "(?:\($0))" }.joined(separator: "|"), isOwn: true)
    }

    /// - Parameters:
    ///   - name: of the file, for messages.
    ///   - others: rules that are asked after these.
    init(reading bytes: [UInt8], of name: String, before others: ErrorRules? = nil) throws(ToolError) {
        let document = YAMLReader.read(bytes)
        if let problem = document.problems.first { throw Self.wrong(name, problem.line, problem.text) }
        guard case .mapping(let members, _)? = document.root, members.count == 1, members[0].key == "rules",
            case .sequence(let elements, _) = members[0].value
        else { throw Self.wrong(name, document.root?.line ?? 1, "it is to be a list under the key 'rules'") }
        var rules: [ErrorRule] = []
        var names: [String: Int] = [:]
        for element in elements {
            let rule = try ErrorRuleReader(element, name).rule()
            if let other = names[rule.name] {
                throw Self.wrong(name, element.line, "the rule '\(rule.name)' is there already, in line \(other)")
            }
            names[rule.name] = element.line
            rules.append(rule)
        }
        try self.init(rules + (others?.list ?? []).filter { names[$0.name] == nil })
    }

    private init(_ list: [ErrorRule]) throws(ToolError) { try self.init(list, starts: list.map(\.startText)) }

    static func wrong(_ name: String, _ line: Int, _ text: String) -> ToolError { ToolError("\(name), line \(line): \(text)") }
}
