extension JSON {
    /// Decodes a value of a type. Members that the type doesn't know are left out of account.
    public func decode<Value: Decodable>(as type: Value.Type = Value.self) throws(JSONDecodingFailure) -> Value {
        do {
            return try JSONValueDecoder(self, at: []).unbox(type)
        } catch {
            throw JSONDecodingFailure(error)
        }
    }

    /// Encodes a value: its members in the order in which it encodes them. What it throws is passed on.
    public init<Value: Encodable>(encoding value: Value) throws {
        let node = JSONNode()
        try node.encode(value, at: [])
        self = node.json
    }

    /// The value, short enough for a message.
    var shown: String {
        let text = text
        return text.unicodeScalars.count <= 60 ? text : String(text.prefix(57)) + "…"
    }
}

/// As a member of a type that is decoded or encoded by this library, for what may be anything. Other coders don't know it.
extension JSON: Codable {
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? JSONValueDecoder else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "JSON is decoded by JSON.decode(as:) alone"))
        }
        self = decoder.value
    }

    public func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? JSONValueEncoder else {
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: "JSON is encoded by JSON(encoding:) alone"))
        }
        encoder.node.content = .value(self)
    }
}
