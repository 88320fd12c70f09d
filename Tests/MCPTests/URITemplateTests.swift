import Testing

@testable import MCP

@Suite struct URITemplateTests {
    private func match(_ template: String, _ uri: String) throws -> String? {
        try URITemplate(template).match(uri).map { variables in
            variables.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        }
    }

    @Test(
        arguments: [
            ("test://t/{id}/data", "test://t/123/data", "id=123"),
            ("test://t/{id}/data", "test://t/a%20b%C3%A9/data", "id=a bé"),
            ("test://t/{id}/data", "test://t/1/2/data", nil), ("test://t/{id}/data", "test://t//data", nil),
            ("test://t/{id}/data", "test://t/1/data/", nil), ("test://t/{id}/data", "test://T/1/data", nil),
            // A variable never leads elsewhere.
            ("file:///d/{name}", "file:///d/..", nil), ("file:///d/{name}", "file:///d/..%2F..%2Fetc", nil),
            ("file:///d/{name}", "file:///d/a%00", nil), ("file:///d/{name}", "file:///d/a%5Cb", nil),
            ("file:///d/{name}", "file:///d/a?b", nil), ("file:///d/{name}", "file:///d/a#b", nil),
            ("file:///{+path}", "file:///a/b%2Fc?d#e", "path=a/b/c?d#e"), ("file:///{+path}", "file:///", nil),
            ("t://{+path}/end", "t://a/end/b/end", "path=a/end/b"),
            // As much as it can.
            ("t://{name}.json", "t://a.json.json", "name=a.json"), ("t://{a}-{b}", "t://1-2-3", "a=1-2 b=3"),
            ("t://x/{a,b}", "t://x/1,2", "a=1 b=2"), ("t://x/{a,b}", "t://x/1", nil), ("t://x/{a,b}", "t://x/1,2,3", nil),
            ("t://x{/a,b}", "t://x/1/2", "a=1 b=2"), ("t://x/{name}{.ext}", "t://x/a.b.txt", "name=a.b ext=txt"),
            ("t://x{?q,lang}", "t://x", ""), ("t://x{?q,lang}", "t://x?lang=en&q=a%20b", "q=a b lang=en"),
            ("t://x{?q}", "t://x?other=1", nil), ("t://x{?q}", "t://x?q=1&q=2", nil), ("t://x{?q}", "t://x?q", nil),
            ("t://x?v=1{&q}", "t://x?v=1&q=2", "q=2"), ("t://x?v=1{&q}", "t://x?v=1", ""),
            // Broken encodings match nothing.
            ("t://{id}", "t://a%2", nil), ("t://{id}", "t://%zz", nil), ("t://{id}", "t://%FF", nil),
        ] as [(String, String, String?)])
    func aURIIsMatchedBack(_ template: String, _ uri: String, _ expected: String?) throws {
        #expect(try match(template, uri) == expected)
    }

    @Test(arguments: [
        ("t://x", "no variable"), ("t://{a", "no '}'"), ("t://a}", "no '{'"), ("t://{}", "no name"), ("t://{a b}", "no name"),
        ("t://{a}{b}", "nothing between"), ("t://{a}{+b}", "nothing between"), ("t://{#a}", "can't be matched back"),
        ("t://{;a}", "can't be matched back"), ("t://{a:3}", "modifier"), ("t://{a*}", "modifier"), ("t://{a}/{a}", "twice"),
        ("t://{?a}/x", "nothing may follow"), ("t://{?a}{b}", "nothing may follow"),
    ])
    func whatCantBeMatchedBackIsRefused(_ template: String, _ problem: String) {
        let error = #expect(throws: URITemplateError.self) { try URITemplate(template) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test func itsVariablesAndAnExampleAreKnown() throws {
        let template = try URITemplate("t://x/{a,b}{/c}{?d}")
        #expect(template.variables == ["a", "b", "c", "d"] && template.example == "t://x/x,x/x")
        let wrong = ResourceTemplateDefinition(template: try URITemplate("{scheme}/x"), name: "n")
        #expect(wrong.problems().contains { $0.contains("not an absolute URI") })
    }

    /// The work is bounded: a template that could be tried in very many ways is given up.
    @Test func aLongURICostsLittle() throws {
        let template = try URITemplate("t://{+a}-{+b}-{+c}-{+d}-{+e}!")
        #expect(template.match("t://" + String(repeating: "-", count: 4000)) == nil)
    }
}
