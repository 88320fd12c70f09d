/// Writes the elements of a list.
struct JSONUnkeyedEncoding: UnkeyedEncodingContainer {
    private let node: JSONNode
    let codingPath: [any CodingKey]
    private(set) var count = 0

    init(_ node: JSONNode, at path: [any CodingKey]) {
        self.node = node
        codingPath = path
        node.content = .elements([])
    }

    mutating func encodeNil() { next().node.content = .value(.null) }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        let next = next()
        try next.node.encode(value, at: next.codingPath)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { next().unkeyedContainer() }

    mutating func superEncoder() -> any Encoder { next() }

    private mutating func next() -> JSONValueEncoder {
        defer { count += 1 }
        return JSONValueEncoder(node.append(), at: codingPath + [JSONKey(intValue: count)])
    }
}
