/// A JSON value to be written: literals build it, `text` is it. The order of members is kept, integers stay integers.
///
///     let value: JSON = ["process": .string(name), "exitCode": 0, "tags": ["a", "b"]]
public enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    /// Written as null where it is not finite: JSON has no such number.
    case double(Double)
    case string(String)
    case array([JSON])
    case object(Object)
    /// JSON text, written as it is. The host checks it (A11): if it is not valid, the call fails.
    case raw(String)

    /// The members of an object, in order.
    public struct Object: Equatable, Sendable {
        public var members: [(key: String, value: JSON)]

        public init(_ members: [(key: String, value: JSON)] = []) { self.members = members }

        public static func == (left: Object, right: Object) -> Bool {
            left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
        }

        /// The first member of that name; setting replaces it in place, appends it, or (nil) removes it.
        public subscript(_ key: String) -> JSON? {
            get { members.first { $0.key == key }?.value }
            set {
                let index = members.firstIndex { $0.key == key }
                switch (index, newValue) {
                case (let index?, let value?): members[index].value = value
                case (let index?, nil): members.remove(at: index)
                case (nil, let value?): members.append((key, value))
                case (nil, nil): break
                }
            }
        }
    }

    public init(_ value: Bool) { self = .bool(value) }
    public init(_ value: Int) { self = .int(Int64(value)) }
    public init(_ value: Int32) { self = .int(Int64(value)) }
    public init(_ value: Int64) { self = .int(value) }
    /// Numbers above Int64.max keep their digits.
    public init(_ value: UInt64) { self = Int64(exactly: value).map(JSON.int) ?? .raw(String(value)) }
    public init(_ value: Double) { self = .double(value) }
    public init(_ value: String) { self = .string(value) }
    public init(_ value: [JSON]) { self = .array(value) }
    public init(_ value: [String]) { self = .array(value.map(JSON.string)) }

    /// An object without the members whose value is nil.
    public static func object(_ members: KeyValuePairs<String, JSON?>) -> JSON {
        .object(Object(members.compactMap { key, value in value.map { (key, $0) } }))
    }

    /// null for nil.
    public static func optional(_ value: JSON?) -> JSON { value ?? .null }

    /// A member of an object; nil for any other value. Setting one on another value makes it an object.
    public subscript(_ key: String) -> JSON? {
        get {
            if case .object(let object) = self { object[key] } else { nil }
        }
        set {
            var object = Object()
            if case .object(let existing) = self { object = existing }
            object[key] = newValue
            self = .object(object)
        }
    }
}
