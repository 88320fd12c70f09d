/// A template of RFC 6570 that URIs can be matched with: which variables would have made this one.
///
/// Expressions may be `{a}`, `{a,b}`, `{+a}`, `{.a}`, `{/a,b}` and, at the end, `{?a,b}` and `{&a,b}`. Fragments and the modifiers `:n` and
/// `*` can't be matched back and are refused, as are two expressions with nothing between them.
package struct URITemplate: Sendable, Equatable {
    enum Part: Sendable, Equatable {
        case literal([UInt8])
        /// `isReserved`: it may hold what separates the parts of a URI. `ends` is what ends it beside that.
        case variable(String, isReserved: Bool, isInList: Bool)
        /// Pairs in any order, none of which must be there. Always the last.
        case query([String], lead: UInt8)
    }

    package let text: String
    /// In the order of the template.
    package let variables: [String]
    let parts: [Part]
    /// The template with every variable filled in: what a URI of it looks like.
    let example: String

    package init(_ text: String) throws(URITemplateError) {
        var parser = URITemplateParser()
        try parser.parse(text)
        self.text = text
        variables = parser.variables
        parts = parser.parts
        example = parser.example
    }
}
