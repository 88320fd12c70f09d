import JSON
import PluginHost

/// What a `requestState` is bound to: who asks, what, and with which arguments (DIGEST 1.8). Members of objects count without their order, numbers
/// and strings as they are written: a client sends back what it sent.
enum RequestBinding {
    static func bytes(principal: String, _ handler: Handler, arguments: JSONValue?) -> [UInt8] {
        bytes(principal: principal, kind: handler.kind, name: handler.name, arguments: arguments)
    }

    static func bytes(principal: String, kind: CallKind, name: String, arguments: JSONValue?) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [principal, kind.noun, name] {
            bytes += part.utf8
            bytes.append(0)
        }
        if let arguments { append(arguments, to: &bytes) }
        return bytes
    }

    private static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
        switch value.kind {
        case .object:
            bytes.append(UInt8(ascii: "{"))
            let members = value.members.map { (key: $0.key.utf8, value: $0.value) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            for member in members {
                append(text: member.key, to: &bytes)
                append(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .array:
            bytes.append(UInt8(ascii: "["))
            for element in value.elements { append(element, to: &bytes) }
            bytes.append(UInt8(ascii: "]"))
        case .string: append(text: value.utf8, to: &bytes)
        case .number, .bool, .null:
            bytes += value.raw
            bytes.append(UInt8(ascii: ","))
        }
    }

    /// With its length in front: no text can be taken for the end of another.
    private static func append(text: [UInt8], to bytes: inout [UInt8]) {
        bytes += "\(text.count):".utf8
        bytes += text
    }
}
