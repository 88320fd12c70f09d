/// The elements of a list, one after the other.
struct JSONUnkeyedDecoding: UnkeyedDecodingContainer {
    private let elements: [JSON]
    let codingPath: [any CodingKey]
    private(set) var currentIndex = 0

    init(_ elements: [JSON], at path: [any CodingKey]) {
        self.elements = elements
        codingPath = path
    }

    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    mutating func decodeNil() throws -> Bool {
        guard try decoder().value == .null else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try next { decoder throws in try decoder.unbox(type) }
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        try next { decoder throws in try decoder.container(keyedBy: type) }
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try next { decoder throws in try decoder.unkeyedContainer() }
    }

    mutating func superDecoder() throws -> any Decoder { try next { $0 } }

    /// Passes an element only when it was read.
    private mutating func next<R>(_ body: (JSONValueDecoder) throws -> R) throws -> R {
        let result = try body(try decoder())
        currentIndex += 1
        return result
    }

    private func decoder() throws -> JSONValueDecoder {
        let path = codingPath + [JSONKey(intValue: currentIndex)]
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                JSON.self, .init(codingPath: path, debugDescription: "is missing: the list has \(elements.count) elements"))
        }
        return JSONValueDecoder(elements[currentIndex], at: path)
    }
}
