internal import CAmbit
internal import JSON

/// Raw JSON from a plugin: scanned once, strictly (A11).
enum RawJSON {
    /// Nil where the plugin gave none.
    static func optional(_ text: ambit_text, _ name: StaticString) throws(Refusal) -> JSONValue? {
        text.size == 0 ? nil : try value(text, name)
    }

    static func value(_ text: ambit_text, _ name: StaticString) throws(Refusal) -> JSONValue {
        let bytes = Array(try text.bytes(name))
        do throws(JSONError) {
            return try JSONDocument(bytes).root
        } catch {
            switch error.kind {
            case .sizeLimit, .depthLimit: throw .invalid("\(name) is beyond the limits of this host: \(error)")
            default: throw .invalid("\(name) is not valid JSON: \(error)")
            }
        }
    }

    /// An object, as `_meta`, annotations and configurations are.
    static func optionalObject(_ text: ambit_text, _ name: StaticString) throws(Refusal) -> JSONValue? {
        guard let value = try optional(text, name) else { return nil }
        guard value.kind == .object else { throw .invalid("\(name) must be a JSON object, not \(value.kind)") }
        return value
    }
}
