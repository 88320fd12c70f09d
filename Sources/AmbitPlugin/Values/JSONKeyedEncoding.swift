/// Writes the members of an object.
struct JSONKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    private let node: JSONNode
    let codingPath: [any CodingKey]

    init(_ node: JSONNode, at path: [any CodingKey]) {
        self.node = node
        codingPath = path
        if case .members = node.content { return }
        node.content = .members([])
    }

    func encodeNil(forKey key: Key) { node.member(key.stringValue).content = .value(.null) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try node.member(key.stringValue).encode(value, at: path(key))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(JSONKeyedEncoding<Nested>(node.member(key.stringValue), at: path(key)))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        JSONUnkeyedEncoding(node.member(key.stringValue), at: path(key))
    }

    func superEncoder() -> any Encoder {
        JSONValueEncoder(node.member("super"), at: codingPath + [JSONKey(stringValue: "super")])
    }

    func superEncoder(forKey key: Key) -> any Encoder { JSONValueEncoder(node.member(key.stringValue), at: path(key)) }

    private func path(_ key: Key) -> [any CodingKey] { codingPath + [JSONKey(stringValue: key.stringValue)] }
}
