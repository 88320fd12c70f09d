import JSON

extension JSONWriter {
    /// A member of the current object, left out when there is no value.
    mutating func member(_ key: StaticString, _ value: String?) {
        guard let value else { return }
        self.key(key)
        string(value)
    }

    /// A member of the current object, left out when there is no value.
    mutating func member(_ key: StaticString, _ value: JSONValue?) {
        guard let value else { return }
        self.key(key)
        raw(value)
    }
}
