internal import JSON

/// JSON Pointers (RFC 6901) in documents.
enum JSONPointer {
    /// The tokens of a pointer, escapes resolved; nil where it is none.
    static func tokens(_ pointer: String) -> [String]? {
        if pointer.isEmpty { return [] }
        guard pointer.hasPrefix("/") else { return nil }
        var tokens: [String] = []
        for token in pointer.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            var bytes: [UInt8] = []
            var rest = token[...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "~") else {
                    bytes.append(byte)
                    continue
                }
                switch rest.popFirst() {
                case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
                default: return nil
                }
            }
            tokens.append(String(decoding: bytes, as: UTF8.self))
        }
        return tokens
    }

    /// One step of a pointer: a member, or an element by its position without leading zeros.
    static func child(_ token: String, of value: JSONValue) -> JSONValue? {
        if value.kind == .object { return value[key: token] }
        guard value.kind == .array, let position = Int(token), String(position) == token else { return nil }
        return value[position]
    }

    /// A token as it stands in a pointer.
    static func escaped(_ token: String) -> String {
        guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return token }
        var text = ""
        for character in token.unicodeScalars {
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    /// The pointer to the value at a tape index, found by going down from the root.
    static func path(to index: Int, in root: JSONValue) -> String {
        var path = ""
        var at = root
        descend: while at.index != index {
            // The child with the greatest index that is not behind the one that is looked for holds it.
            var step: (token: String, value: JSONValue)?
            if at.kind == .object {
                var found: (key: JSONValue, value: JSONValue)?
                for member in at.members where member.key.index <= index { found = member }
                step = found.map { ($0.key.string ?? "", $0.value) }
            } else {
                for (position, element) in at.elements.enumerated() where element.index <= index { step = (String(position), element) }
            }
            guard let step, step.value.index <= index else { break descend }
            path += "/" + escaped(step.token)
            at = step.value
        }
        return path
    }

    /// Percent-encoded bytes resolved; nil where that is not UTF-8 or an escape is broken.
    static func percentDecoded(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let first = Character(Unicode.Scalar(high)).hexDigitValue, let second = Character(Unicode.Scalar(low)).hexDigitValue
            else { return nil }
            bytes.append(UInt8(first << 4 | second))
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
