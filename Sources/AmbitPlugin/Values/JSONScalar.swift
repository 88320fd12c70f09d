/// A type that is one JSON value without parts.
protocol JSONScalar {
    /// What an error calls it: "an integer".
    static var phrase: String { get }
    /// nil: the value is none of these.
    static func read(_ json: JSON) -> Self?
    var json: JSON { get }
}

extension Bool: JSONScalar {
    static var phrase: String { "true or false" }
    static func read(_ json: JSON) -> Bool? { if case .bool(let value) = json { value } else { nil } }
    var json: JSON { .bool(self) }
}

extension String: JSONScalar {
    static var phrase: String { "a string" }
    static func read(_ json: JSON) -> String? { if case .string(let value) = json { value } else { nil } }
    var json: JSON { .string(self) }
}

extension JSONScalar where Self: FixedWidthInteger {
    static var phrase: String { MemoryLayout<Self>.size == 8 ? "an integer" : "an integer in \(Self.min)...\(Self.max)" }

    /// 42.0 is 42.
    static func read(_ json: JSON) -> Self? {
        switch json {
        case .int(let value): Self(exactly: value)
        case .double(let value): Self(exactly: value)
        case .raw(let text): Self(text)
        default: nil
        }
    }

    var json: JSON { Int64(exactly: self).map(JSON.int) ?? .raw(String(self)) }
}

extension Int: JSONScalar {}
extension Int8: JSONScalar {}
extension Int16: JSONScalar {}
extension Int32: JSONScalar {}
extension Int64: JSONScalar {}
extension UInt: JSONScalar {}
extension UInt8: JSONScalar {}
extension UInt16: JSONScalar {}
extension UInt32: JSONScalar {}
extension UInt64: JSONScalar {}

extension Double: JSONScalar {
    static var phrase: String { "a number" }

    static func read(_ json: JSON) -> Double? {
        switch json {
        case .int(let value): Double(value)
        case .double(let value): value
        case .raw(let text): Double(text)
        default: nil
        }
    }

    var json: JSON { .double(self) }
}

extension Float: JSONScalar {
    static var phrase: String { "a number" }
    static func read(_ json: JSON) -> Float? { Double.read(json).map { Float($0) } }
    var json: JSON { Double("\(self)").map(JSON.double) ?? .null }
}
