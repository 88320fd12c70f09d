internal import JSON

/// Words for schemas and values.
enum SchemaText {
    /// Characters of a value that are shown.
    private static let longest = 60

    static func kind(_ kind: JSONValue.Kind) -> String {
        switch kind {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    static func noun(_ kind: JSONValue.Kind) -> String {
        switch kind {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    static func name(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// A value as it is written, cut where it is long; a large container by its size.
    static func short(_ value: JSONValue) -> String {
        let raw = value.raw
        switch value.kind {
        case .array where raw.count > longest: return "an array of \(count(value.count, "element"))"
        case .object where raw.count > longest: return "an object of \(count(value.count, "member"))"
        case .string where raw.count > longest:
            let text = value.string ?? ""
            return quoted(String(text.unicodeScalars.prefix(longest).map(Character.init))) + "… (\(text.unicodeScalars.count) characters)"
        case .string: return quoted(value.string ?? "")
        default:
            let text = String(decoding: value.compact.prefix(longest), as: UTF8.self)
            return raw.count > longest ? text + "…" : text
        }
    }

    /// Text in quotes on one line.
    static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// What is allowed where a member is not: the name that was meant, or all names.
    static func suggestion(for name: String, _ schema: JSONValue) -> String {
        let known = schema["properties"]?.members.compactMap(\.key.string) ?? []
        guard !known.isEmpty else { return "" }
        let closest = known.prefix(100).map { (name: $0, distance: distance($0, name)) }.min { $0.distance < $1.distance }
        if let closest, closest.name.count >= 3, closest.distance <= max(1, closest.name.count / 3) {
            return "; did you mean `\(closest.name)`?"
        }
        guard known.count <= 12 else { return "" }
        return "; allowed here: " + known.map { "`\($0)`" }.joined(separator: ", ")
    }

    /// Insertions, deletions and changes that make one word of the other; words beyond 40 characters are far from all.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.unicodeScalars.prefix(41))
        let right = Array(right.unicodeScalars.prefix(41))
        guard left.count <= 40, right.count <= 40 else { return .max }
        var row = Array(0...right.count)
        for (i, one) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (one == other ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}
