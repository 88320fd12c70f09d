/// Reads a ``URITemplate``.
struct URITemplateParser {
    static let maximalVariables = 16

    private(set) var parts: [URITemplate.Part] = []
    private(set) var variables: [String] = []
    private(set) var example = ""

    mutating func parse(_ text: String) throws(URITemplateError) {
        var rest = Substring(text)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[brace] == "{" else { throw URITemplateError("a '}' has no '{' before it") }
            try literal(rest[..<brace])
            rest = rest[rest.index(after: brace)...]
            guard let end = rest.firstIndex(of: "}") else { throw URITemplateError("a '{' has no '}' after it") }
            try expression(rest[..<end])
            rest = rest[rest.index(after: end)...]
        }
        try literal(rest)
        guard !variables.isEmpty else { throw URITemplateError("it has no variable: register it as a resource") }
    }

    private mutating func literal(_ text: Substring) throws(URITemplateError) {
        guard !text.isEmpty else { return }
        if case .query? = parts.last { throw URITemplateError("nothing may follow a query expression") }
        example += text
        append(Array(text.utf8))
    }

    private mutating func append(_ bytes: [UInt8]) {
        if case .literal(let before)? = parts.last {
            parts[parts.count - 1] = .literal(before + bytes)
        } else {
            parts.append(.literal(bytes))
        }
    }

    private mutating func expression(_ text: Substring) throws(URITemplateError) {
        if case .query? = parts.last { throw URITemplateError("nothing may follow a query expression") }
        var names = text
        var sign: Character?
        if let first = text.first, "+#./;?&=,!@|".contains(first) {
            sign = first
            names = text.dropFirst()
        }
        let list = names.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for name in list { try add(name) }
        switch sign {
        case nil: try values(list, between: ",", isReserved: false)
        case "+": try values(list, between: ",", isReserved: true)
        case ".", "/":
            for name in list {
                append([sign == "." ? UInt8(ascii: ".") : UInt8(ascii: "/")])
                parts.append(.variable(name, isReserved: false, isInList: false))
                example += "\(sign == "." ? "." : "/")x"
            }
        case "?", "&": parts.append(.query(list, lead: sign == "?" ? UInt8(ascii: "?") : UInt8(ascii: "&")))
        default:
            throw URITemplateError("the expression '{\(text)}' can't be matched back: use {a}, {+a}, {.a}, {/a}, {?a} or {&a}")
        }
    }

    private mutating func values(_ names: [String], between separator: String, isReserved: Bool) throws(URITemplateError) {
        if case .variable? = parts.last {
            throw URITemplateError("two expressions with nothing between them can't be told apart: put a literal there")
        }
        for (index, name) in names.enumerated() {
            if index > 0 { append(Array(separator.utf8)) }
            parts.append(.variable(name, isReserved: isReserved, isInList: names.count > 1))
            example += index > 0 ? "\(separator)x" : "x"
        }
    }

    private mutating func add(_ name: String) throws(URITemplateError) {
        guard !name.contains(where: { $0 == "*" || $0 == ":" }) else {
            throw URITemplateError("the variable '\(name)' has a modifier, which can't be matched back")
        }
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { FormatCursor.isLetter($0) || FormatCursor.isDigit($0) || "_.".utf8.contains($0) }
        guard isName else { throw URITemplateError("'\(name)' is no name of a variable: use letters, digits, '_' and '.'") }
        guard !variables.contains(name) else { throw URITemplateError("the variable '\(name)' stands there twice") }
        guard variables.count < Self.maximalVariables else {
            throw URITemplateError("it has more than \(Self.maximalVariables) variables")
        }
        variables.append(name)
    }
}
