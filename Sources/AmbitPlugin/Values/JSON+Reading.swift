extension JSON {
    /// The text of a string; nil for any other value.
    public var string: String? { if case .string(let text) = self { text } else { nil } }

    /// The elements of an array; nil for any other value.
    public var array: [JSON]? { if case .array(let elements) = self { elements } else { nil } }
}
