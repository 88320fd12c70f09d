package import JSON

extension JSONValue {
    /// What a writer has just written, as a value.
    package static func written(_ writer: JSONWriter) -> JSONValue {
        guard let document = try? JSONDocument(writer.bytes, limits: .own) else { preconditionFailure("a JSONWriter writes JSON") }
        return document.root
    }
}
