internal import JSON

/// One step from the checked value to a part of it.
enum FailurePath {
    /// A member, by its key.
    case member(JSONValue)
    case element(Int)
    /// The name of a member, which `propertyNames` checks.
    case name(JSONValue)

    /// A JSON Pointer. A name is pointed at by its object.
    static func pointer(_ steps: [FailurePath]) -> String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .member(let key): text += "/" + JSONPointer.escaped(key.string ?? "")
            case .element(let position): text += "/\(position)"
            case .name: break
            }
        }
    }

    /// As one reads it: `options.retries[2]`, and a name that is not simple in brackets; "the value" for the whole.
    static func readable(_ steps: [FailurePath]) -> String {
        let text = plain(steps)
        return text.isEmpty ? "the value" : "`\(text)`"
    }

    static func plain(_ steps: [FailurePath]) -> String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .member(let key): text += member(key.string ?? "", first: text.isEmpty)
            case .element(let position): text += "[\(position)]"
            case .name: break
            }
        }
    }

    static func member(_ name: String, first: Bool) -> String {
        let isSimple =
            !name.isEmpty && name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || "0123456789_-$".unicodeScalars.contains($0) }
        if isSimple { return first ? name : "." + name }
        return "[\(SchemaText.quoted(name))]"
    }
}
