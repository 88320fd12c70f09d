/// The members of an object; of a repeated name the last one counts.
struct JSONKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let members: [String: JSON]
    private let order: [String]
    let codingPath: [any CodingKey]

    init(_ object: JSON.Object, at path: [any CodingKey]) {
        members = Dictionary(object.members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        var seen: Set<String> = []
        order = object.members.map(\.key).filter { seen.insert($0).inserted }
        codingPath = path
    }

    var allKeys: [Key] { order.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).value == .null }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try decoder(key).unbox(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try decoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try decoder(key).unkeyedContainer() }

    func superDecoder() throws -> any Decoder {
        JSONValueDecoder(members["super"] ?? .null, at: codingPath + [JSONKey(stringValue: "super")])
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

    private func decoder(_ key: Key) throws -> JSONValueDecoder {
        guard let value = members[key.stringValue] else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "is missing"))
        }
        // By its name, also where the key has an index: it is a member.
        return JSONValueDecoder(value, at: codingPath + [JSONKey(stringValue: key.stringValue)])
    }
}
