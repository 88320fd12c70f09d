package import JSON

/// A prompt as it is listed.
package struct PromptDefinition: Sendable {
    package struct Argument: Sendable {
        package let name: String
        package let title: String?
        package let description: String?
        package let isRequired: Bool

        package init(name: String, title: String? = nil, description: String? = nil, isRequired: Bool = false) {
            self.name = name
            self.title = title
            self.description = description
            self.isRequired = isRequired
        }
    }

    package let name: String
    package let title: String?
    package let description: String?
    package let arguments: [Argument]
    package let icons: JSONValue?
    package let meta: JSONValue?

    package init(
        name: String, title: String? = nil, description: String? = nil, arguments: [Argument] = [], icons: JSONValue? = nil,
        meta: JSONValue? = nil
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.arguments = arguments
        self.icons = icons
        self.meta = meta
    }

    /// What keeps it from being offered, one sentence each; empty when it is fine.
    package func problems() -> [String] {
        var problems: [String] = []
        if !ToolDefinition.isName(name) {
            problems.append("the name '\(name)' must be 1 to 64 of A-Z, a-z, 0-9, '_', '-' and '.'")
        }
        var names: Set<String> = []
        for argument in arguments {
            if argument.name.isEmpty { problems.append("an argument has no name") }
            if !names.insert(argument.name).inserted { problems.append("it has two arguments '\(argument.name)'") }
        }
        if let icons, icons.kind != .array { problems.append("icons must be an array") }
        return problems
    }

    /// Why what a client gives can't be this prompt's arguments; nil when it can. What it does not know it may ignore.
    package func problem(in given: JSONValue?) -> String? {
        if let given {
            for (key, value) in given.members where value.kind != .string {
                return "the argument '\(key.string ?? "")' of the prompt '\(name)' must be a string"
            }
        }
        guard let missing = arguments.first(where: { $0.isRequired && given?[key: $0.name] == nil }) else { return nil }
        return "the prompt '\(name)' needs the argument '\(missing.name)'"
    }
}
