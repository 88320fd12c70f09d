/// What detectors need of a TOML file: its tables, and texts and first words of what is assigned in them. Not a parser of TOML.
struct TOMLSections {
    private(set) var sections: [String: [(key: String, value: String)]] = [:]
    /// Headers in their order; a table that is there several times (`[[bin]]`) is each time.
    private(set) var headers: [String] = []
    private var tables: [(header: String, entries: [(key: String, value: String)])] = []

    init(_ text: String) {
        var header = ""
        tables = [("", [])]
        for line in text.split(whereSeparator: \.isNewline) {
            let line = Self.trimmed(line)
            if line.hasPrefix("#") { continue }
            if line.hasPrefix("["), let end = line.lastIndex(of: "]") {
                header = Self.trimmed(line[..<end].drop { $0 == "[" }.prefix { $0 != "]" }[...])
                headers.append(header)
                tables.append((header, []))
                continue
            }
            guard let equals = line.firstIndex(of: "=") else { continue }
            let key = Self.unquoted(Self.trimmed(line[..<equals]))
            let value = Self.unquoted(Self.trimmed(line[line.index(after: equals)...]))
            sections[header, default: []].append((key, value))
            tables[tables.count - 1].entries.append((key, value))
        }
    }

    subscript(_ header: String) -> [(key: String, value: String)] { sections[header] ?? [] }

    func has(_ header: String) -> Bool { headers.contains { $0 == header || $0.hasPrefix(header + ".") } }

    func value(_ header: String, _ key: String) -> String? { self[header].first { $0.key == key }?.value }

    /// The values of a key in all tables of a name.
    func all(_ header: String, _ key: String) -> [String] {
        tables.filter { $0.header == header }.compactMap { table in table.entries.first { $0.key == key }?.value }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = Substring(text)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private static func unquoted(_ text: String) -> String {
        guard let quote = text.first, quote == "\"" || quote == "'", let end = text.dropFirst().firstIndex(of: quote) else { return text }
        return String(text[text.index(after: text.startIndex)..<end])
    }
}
