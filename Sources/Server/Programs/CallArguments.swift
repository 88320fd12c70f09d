import JSON

/// Arguments of a tool as people write them, typed by the tool's schema: `name=value`, repeated for arrays, `name:=json` for any JSON.
struct CallArguments {
    struct Wrong: Error, Equatable {
        let message: String
    }

    private let properties: JSONValue?
    private let tool: String
    /// In the order in which they came.
    private var members: [(name: String, values: [[UInt8]], isArray: Bool)] = []

    /// - Parameter schema: the tool's input schema; nil: all values are strings.
    init(tool: String, schema: JSONValue?) {
        self.tool = tool
        properties = schema?["properties"]
    }

    /// One JSON object.
    static func object(_ pairs: [String], tool: String, schema: JSONValue?, whole: String? = nil) throws(Wrong) -> [UInt8] {
        var arguments = CallArguments(tool: tool, schema: schema)
        if let whole { try arguments.add(whole: whole) }
        for pair in pairs { try arguments.add(pair) }
        return arguments.json
    }

    private mutating func add(whole text: String) throws(Wrong) {
        guard let root = try? JSONDocument(parsing: text).root, root.kind == .object, !root.hasDuplicateKeys else {
            throw Wrong(message: "--arguments is not a JSON object: \(text.prefix(80))")
        }
        for (key, value) in root.members { members.append((key.string ?? "", [value.compact], false)) }
    }

    private mutating func add(_ pair: String) throws(Wrong) {
        guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
            throw Wrong(message: "'\(pair)' is not an argument; write name=value, or name:=json")
        }
        var name = String(pair[..<equals])
        let text = String(pair[pair.index(after: equals)...])
        let isRaw = name.hasSuffix(":")
        if isRaw { name.removeLast() }
        let schema = properties?[key: name]
        if schema == nil, let properties {
            let names = properties.members.compactMap(\.key.string)
            if let near = NearestName.of(name, among: names) {
                throw Wrong(message: "\(tool) has no parameter '\(name)'; did you mean '\(near)'?")
            }
        }
        if isRaw {
            guard let value = try? JSONDocument(parsing: text).root else {
                throw Wrong(message: "what follows \(name):= is not JSON: \(text.prefix(80))")
            }
            return try put(name, value.compact, isArray: false)
        }
        let types = Self.types(schema)
        if types.contains("array"), !types.contains("string") {
            return try put(name, Self.value(text, types: Self.types(schema?["items"]), name: name), isArray: true)
        }
        try put(name, Self.value(text, types: types, name: name), isArray: false)
    }

    private mutating func put(_ name: String, _ value: [UInt8], isArray: Bool) throws(Wrong) {
        guard let position = members.firstIndex(where: { $0.name == name }) else {
            return members.append((name, [value], isArray))
        }
        guard isArray, members[position].isArray else { throw Wrong(message: "\(name) is given more than once") }
        members[position].values.append(value)
    }

    private var json: [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        for member in members {
            writer.key(escaping: member.name)
            if member.isArray { writer.beginArray() }
            for value in member.values { writer.raw(value) }
            if member.isArray { writer.endArray() }
        }
        writer.endObject()
        return writer.bytes
    }

    /// What the schema says that a value may be; empty: anything.
    private static func types(_ schema: JSONValue?) -> [String] {
        guard let type = schema?["type"] else { return [] }
        if let name = type.string { return [name] }
        return type.elements.compactMap(\.string)
    }

    /// The first type that the text can be, a string last.
    private static func value(_ text: String, types: [String], name: String) throws(Wrong) -> [UInt8] {
        let parsed = try? JSONDocument(parsing: text).root
        for type in types {
            switch (type, parsed?.kind) {
            case ("integer", .number?) where parsed?.int64 != nil, ("number", .number?), ("boolean", .bool?), ("null", .null?),
                ("object", .object?), ("array", .array?):
                if let parsed { return parsed.compact }
            default: continue
            }
        }
        guard types.isEmpty || types.contains("string") else {
            let expected = types.map {
                ["integer": "an integer", "number": "a number", "boolean": "true or false", "object": "a JSON object"][$0] ?? $0
            }
            throw Wrong(message: "\(name) is '\(text.prefix(80))'; expected \(expected.joined(separator: " or "))")
        }
        var writer = JSONWriter()
        writer.string(text)
        return writer.bytes
    }
}
