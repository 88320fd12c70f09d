internal import AmbitPlugin
internal import YAML

/// Reads one rule of a file, and says what is wrong with it and where.
struct ErrorRuleReader {
    private let file: String
    private let line: Int
    private var values: [String: (text: String, line: Int)] = [:]

    private static let keys = ["name", "language", "warning", "start", "more", "end", "message", "place", "foreign", "from", "maxLines"]

    init(_ node: YAMLNode, _ file: String) throws(ToolError) {
        self.file = file
        guard case .mapping(let members, let line) = node else {
            throw ErrorRules.wrong(file, node.line, "a rule is a mapping with name, language and start")
        }
        self.line = line
        for member in members {
            guard Self.keys.contains(member.key) else {
                throw ErrorRules.wrong(
                    file, member.line, "'\(member.key)' is unknown here; a rule has \(Self.keys.joined(separator: ", "))")
            }
            guard case .scalar(let text, _, let line) = member.value else {
                throw ErrorRules.wrong(file, member.line, "'\(member.key)' takes a single value")
            }
            values[member.key] = (text, line)
        }
    }

    func rule() throws(ToolError) -> ErrorRule {
        let startText = try text("start")
        guard let start = try pattern("start") else { throw ErrorRules.wrong(file, line, "the rule has no 'start'") }
        let from = try choice("from", ["first", "last"]) ?? "first"
        return ErrorRule(
            name: try text("name"), language: try text("language"), isWarning: try choice("warning", ["true", "false"]) == "true",
            startText: startText, start: start, more: try pattern("more"),
            end: try pattern("end"), message: try pattern("message"), place: try pattern("place"), foreign: try pattern("foreign"),
            isFromLast: from == "last", maxLines: try number("maxLines") ?? 200)
    }

    private func text(_ key: String) throws(ToolError) -> String {
        guard let value = values[key], !value.text.isEmpty else {
            throw ErrorRules.wrong(file, values[key]?.line ?? line, "the rule has no '\(key)'")
        }
        return value.text
    }

    private func pattern(_ key: String) throws(ToolError) -> LinePattern? {
        guard let value = values[key] else { return nil }
        do throws(ToolError) {
            return try LinePattern(value.text, isOwn: true)
        } catch {
            throw ErrorRules.wrong(file, value.line, "'\(key)': \(error)")
        }
    }

    private func choice(_ key: String, _ choices: [String]) throws(ToolError) -> String? {
        guard let value = values[key] else { return nil }
        guard choices.contains(value.text) else {
            throw ErrorRules.wrong(file, value.line, "'\(key)' is \(choices.joined(separator: " or ")), not '\(value.text)'")
        }
        return value.text
    }

    private func number(_ key: String) throws(ToolError) -> Int? {
        guard let value = values[key] else { return nil }
        guard let number = Int(value.text), (1...10_000).contains(number) else {
            throw ErrorRules.wrong(file, value.line, "'\(key)' is a number from 1 to 10000")
        }
        return number
    }
}
