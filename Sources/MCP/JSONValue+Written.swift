import JSON

extension JSONValue {
    /// What a writer has just written, as a value.
    static func written(_ writer: JSONWriter) -> JSONValue {
        guard let document = try? JSONDocument(writer.bytes) else { preconditionFailure("a JSONWriter writes JSON") }
        return document.root
    }
}
