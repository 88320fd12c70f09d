/// Which scopes are needed for what, and which imply others. Pure.
struct ScopeRules: Sendable {
    /// For the endpoint, whatever is asked.
    let required: [String]
    /// For tools: whatever matches counts, so that a second rule never takes away from a first.
    let tools: [(pattern: ScopePattern, scopes: [String])]
    /// A scope, and what it includes.
    let implied: [String: [String]]
    /// For the pages of operators; empty: no scope opens them.
    let operators: [String]

    /// What the scopes of a token come to.
    func granted(_ scopes: [String]) -> Set<String> {
        var granted: Set<String> = []
        var next = scopes
        while let scope = next.popLast() {
            if granted.insert(scope).inserted { next += implied[scope] ?? [] }
        }
        return granted
    }

    /// Everything that a call of this tool needs, in the order of the configuration; named whole in one challenge.
    func needed(tool: String) -> [String] {
        tools.filter { $0.pattern.matches(tool) }.reduce(into: required) { needed, rule in
            for scope in rule.scopes where !needed.contains(scope) { needed.append(scope) }
        }
    }

    /// Entries for tools that none of these has: most likely misspelt, and then they protect nothing.
    func unmatched(_ names: [String]) -> [String] {
        tools.map(\.pattern).filter { pattern in !names.contains(where: pattern.matches) }.map(\.text)
    }

    static let expected = "printable ASCII without spaces, quotes and backslashes"

    /// RFC 6749 section 3.3.
    static func isScope(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 == 0x21 || (0x23...0x5B).contains($0) || (0x5D...0x7E).contains($0) }
    }
}
