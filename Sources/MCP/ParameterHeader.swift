import JSON

/// The rules of `x-mcp-header`, by which a tool's argument is mirrored in a header `Mcp-Param-…` (DIGEST 1.6).
enum ParameterHeader {
    static let keyword: StaticString = "x-mcp-header"

    /// What is wrong with the annotations of a schema. HTTP clients drop the whole tool when anything is.
    static func problems(in schema: JSONValue) -> [String] {
        var problems: [String] = []
        var allowed: Set<Int> = []
        var names: Set<String> = []
        // Reachable from the root by a chain of `properties` only. Iterative: a schema's depth is the scanner's limit.
        var open: [(schema: JSONValue, path: String)] = [(schema, "")]
        while let (current, path) = open.popLast() {
            guard let properties = current["properties"], properties.kind == .object else { continue }
            for (key, property) in properties.members where property.kind == .object {
                let where_ = path.isEmpty ? (key.string ?? "") : "\(path).\(key.string ?? "")"
                open.append((property, where_))
                guard let annotation = property[keyword] else { continue }
                allowed.insert(annotation.index)
                problems += self.problems(of: annotation, on: property, at: where_, names: &names)
            }
        }
        // Anywhere else it is not allowed, unless it is merely a property with that name.
        for annotation in strays(in: schema) where !allowed.contains(annotation.index) {
            problems.append("\(keyword) stands where no chain of properties leads (byte \(annotation.raw.startIndex))")
        }
        return problems
    }

    private static func problems(
        of annotation: JSONValue, on property: JSONValue, at path: String, names: inout Set<String>
    ) -> [String] {
        guard let name = annotation.string, !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else {
            return ["\(keyword) of '\(path)' must be an HTTP token"]
        }
        var problems: [String] = []
        if !names.insert(name.lowercased()).inserted {
            problems.append("\(keyword) '\(name)' of '\(path)' is used twice (case doesn't count)")
        }
        let type = property["type"]
        let fits = ["string", "integer", "boolean"].contains { type?.isString($0) == true }
        if !fits { problems.append("\(keyword) of '\(path)' needs the type string, integer or boolean") }
        return problems
    }

    /// Every annotation in the schema. Below `properties` and its like, names are the author's, not keywords; below
    /// `const`, `enum`, `default` and `examples` everything is data.
    private static func strays(in schema: JSONValue) -> [JSONValue] {
        var found: [JSONValue] = []
        var open: [(value: JSONValue, isSchema: Bool)] = [(schema, true)]
        while let (value, isSchema) = open.popLast() {
            for element in value.elements { open.append((element, isSchema)) }
            for (key, member) in value.members {
                guard isSchema else {
                    open.append((member, true))
                    continue
                }
                switch key.string ?? "" {
                case "x-mcp-header": found.append(member)
                case "const", "enum", "default", "examples": break
                case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
                    open.append((member, false))
                default: open.append((member, true))
                }
            }
        }
        return found
    }

    /// A byte of a `token` (RFC 9110, 5.6.2).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
