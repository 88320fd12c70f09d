import MCP

/// Texts with a grammar of their own: cursors, templates, quoted names.
enum TextTarget {
    static func run(_ text: String) {
        if let cursor = PageCursor(text) { expect(cursor.text == text, "a cursor has one spelling") }
        expect(ProtocolError.brief(text).utf8.count <= 243, "what is quoted is short")
        let halves = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard let first = halves.first, let template = try? URITemplate(first) else { return }
        expect(template.text == first, "a template is what it was made of")
        if halves.count == 2 { _ = template.match(halves[1]) }
    }
}
