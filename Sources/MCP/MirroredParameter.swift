import JSON

/// A tool's argument that HTTP clients also send as a header `Mcp-Param-…`, because its schema says `x-mcp-header`.
struct MirroredParameter: Sendable {
    /// The whole header name in lower case.
    let header: String
    /// The keys that lead to the argument.
    let path: [String]

    /// Those of a schema, found by the only way that is allowed: a chain of `properties`.
    static func all(in schema: JSONValue) -> [MirroredParameter] {
        var found: [MirroredParameter] = []
        var open: [(schema: JSONValue, path: [String])] = [(schema, [])]
        while let (current, path) = open.popLast() {
            guard let properties = current["properties"] else { continue }
            for (key, property) in properties.members where property.kind == .object {
                let there = path + [key.string ?? ""]
                open.append((property, there))
                guard let name = property[ParameterHeader.keyword]?.string else { continue }
                found.append(MirroredParameter(header: "mcp-param-" + name.lowercased(), path: there))
            }
        }
        return found
    }

    /// Why the header doesn't say what the arguments say; nil when it does (DIGEST 1.6, step 15).
    func mismatch(arguments: JSONValue?, headers: [(name: String, value: String)]) -> ProtocolError? {
        let values = headers.filter { $0.name == header }.map(\.value)
        guard values.count <= 1 else { return .headerMismatch("the \(header) header is repeated") }
        var argument = arguments
        for key in path {
            // Whoever reads the first of two would see another value than what stands in the header.
            guard argument?.members.count(where: { $0.key.isString(key) }) ?? 0 <= 1 else {
                return .headerMismatch("the argument \(name) is there twice")
            }
            argument = argument?[key: key]
        }
        guard let argument, !argument.isNull else {
            return values.isEmpty
                ? nil : .headerMismatch("the \(header) header is present, but the argument \(name) is not")
        }
        guard let value = values.first else {
            return .headerMismatch("the \(header) header is missing; the body has \(name)")
        }
        guard !Self.isBeyondMirrors(argument) else {
            return .headerMismatch("the argument \(name) is beyond ±(2^53 − 1): integers that are sent as a header as well end there")
        }
        guard let decoded = HeaderValue.decoded(value) else {
            return .headerMismatch("\(header) header value '\(value)' can't be decoded")
        }
        guard Self.says(decoded, argument) else {
            return .headerMismatch("\(header) header value '\(decoded)' does not match the body's \(name)")
        }
        return nil
    }

    private var name: String { path.joined(separator: ".") }

    /// Strings byte by byte, numbers by value, so that `42.0` is `42`.
    private static func says(_ text: String, _ argument: JSONValue) -> Bool {
        switch argument.kind {
        case .string: return argument.isString(text)
        case .bool: return text == (argument.bool == true ? "true" : "false")
        case .number:
            // White space that was encoded is no number.
            guard text.utf8.first.map({ $0 > 0x20 }) == true, text.utf8.last.map({ $0 > 0x20 }) == true,
                let theirs = try? JSONDocument(parsing: text).root, theirs.kind == .number
            else { return false }
            if let integer = argument.int64 { return theirs.int64 == integer }
            return theirs.numberText == argument.numberText
        case .null, .array, .object: return false
        }
    }

    /// DIGEST 1.6: integers that every client can hold.
    private static func isBeyondMirrors(_ argument: JSONValue) -> Bool {
        guard argument.kind == .number else { return false }
        if let integer = argument.int64 { return integer.magnitude >= 1 << 53 }
        return argument.double.map { $0.magnitude >= 0x1p53 } ?? true
    }
}
