extension JSON {
    /// Parses a JSON text, strictly (RFC 8259). Integers stay integers; those beyond Int64 keep their digits. Of nested values at most 128 levels.
    public init(parsing text: String) throws(JSONParseError) {
        var parser = JSONParser(text)
        self = try parser.document()
    }
}
