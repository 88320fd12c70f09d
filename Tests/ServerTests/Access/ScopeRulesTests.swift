import Testing
import Transport

@testable import Server

@Suite struct ScopeRulesTests {
    private let rules = ScopeRules(
        required: ["use"],
        tools: [
            (ScopePattern("logs_*"), ["logs:read"]), (ScopePattern("logs_query"), ["logs:query", "logs:read"]),
            (ScopePattern("*"), ["use"]),
        ],
        implied: ["admin": ["use", "writer"], "writer": ["logs:read", "admin"]], operators: [])

    @Test func everythingThatMatchesIsNeeded() {
        #expect(rules.needed(tool: "clock") == ["use"])
        #expect(rules.needed(tool: "logs_follow") == ["use", "logs:read"])
        #expect(rules.needed(tool: "logs_query") == ["use", "logs:read", "logs:query"])
    }

    @Test func `entries that protect no tool are found`() {
        #expect(rules.unmatched(["logs_query", "clock"]) == [])
        #expect(rules.unmatched(["clock"]) == ["logs_*", "logs_query"])
        #expect(rules.unmatched([]) == ["logs_*", "logs_query", "*"])
    }

    @Test func broaderScopesImplyNarrowerOnesAndRingsEnd() {
        #expect(rules.granted(["admin"]) == ["admin", "use", "writer", "logs:read"])
        #expect(rules.granted(["logs:read", "x"]) == ["logs:read", "x"])
        #expect(rules.granted([]) == [])
    }

    @Test(arguments: [
        ("a", "a", true), ("a", "ab", false), ("*", "", true), ("a*", "a", true), ("a*", "ba", false), ("*a", "ba", true),
        ("*a", "ab", false),
        ("a*b*c", "abc", true), ("a*b*c", "aXbYbc", true), ("a*b*c", "acb", false), ("a*a", "a", false), ("**", "x", true), ("", "", true),
        ("", "x", false), ("a*b*a", "aba", true), ("*ab*ab", "ab", false), ("*ab*ab", "abab", true),
    ])
    func patternsMatch(_ pattern: String, _ name: String, _ matches: Bool) { #expect(ScopePattern(pattern).matches(name) == matches) }

    @Test func whatAScopeMayBeMadeOf() {
        for text in ["a", "logs:read", "https://x/y", "!"] { #expect(ScopeRules.isScope(text), "\(text)") }
        for text in ["", "a b", "a\"", "a\\b", "é", "a\n"] { #expect(!ScopeRules.isScope(text), "\(text)") }
    }

    @Test func challengesNameWhatIsNeeded() {
        let challenge = Challenge(metadata: "https://h/.well-known/oauth-protected-resource/mcp")
        #expect(
            challenge.header(nil, scopes: ["a", "b"], description: "x").value
                == "Bearer scope=\"a b\", resource_metadata=\"https://h/.well-known/oauth-protected-resource/mcp\"")
        #expect(
            challenge.header(.insufficientScope, scopes: ["a"], description: "say \"a\\é\"").value
                == "Bearer error=\"insufficient_scope\", scope=\"a\", resource_metadata=\"https://h/.well-known/oauth-protected-resource/mcp\", error_description=\"say ?a????\""
        )
        #expect(Challenge(metadata: nil).header(nil, scopes: [], description: "").value == "Bearer realm=\"ambit\"")
    }
}
