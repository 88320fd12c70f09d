import JSON

/// What a value is, text and order included, written apart from the writer under test.
func shape(_ value: JSONValue) -> String {
    switch value.kind {
    case .null: "null"
    case .bool: value.bool == true ? "true" : "false"
    case .number: "#\(value.numberText ?? "?")"
    case .string: "'\(value.string ?? "?")'"
    case .array: "[" + value.elements.map(shape).joined(separator: ",") + "]"
    case .object: "{" + value.members.map { "\(shape($0.key)):\(shape($0.value))" }.joined(separator: ",") + "}"
    }
}

func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

func root(_ text: String) throws -> JSONValue { try JSONDocument(parsing: text).root }

func refusal(_ bytes: [UInt8], limits: JSONLimits = .default) -> JSONError? {
    do {
        _ = try JSONDocument(bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}

/// A generator with a seed that can be printed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
