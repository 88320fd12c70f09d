package import JSON

/// The id of a request, or a progress token: it goes back with the same JSON type and the same text.
package enum RequestID: Hashable, Sendable, CustomStringConvertible {
    case string(String)
    case integer(Int64)
    /// A whole number that is written in another way, or is too large: kept as text.
    case number(text: String)

    /// Reads a string or a whole number; nil for everything else, `null` included.
    package init?(_ value: JSONValue) {
        if let string = value.string {
            self = .string(string)
        } else if let text = value.numberText {
            if let integer = Int64(text), text != "-0" {
                self = .integer(integer)
            } else if value.int64 != nil || text.utf8.allSatisfy({ $0 != 0x2E && $0 | 0x20 != 0x65 }) {
                self = .number(text: text)
            } else {
                return nil
            }
        } else {
            return nil
        }
    }

    package func write(to writer: inout JSONWriter) {
        switch self {
        case .string(let string): writer.string(string)
        case .integer(let integer): writer.int(integer)
        case .number(let text): writer.raw(text.utf8)
        }
    }

    /// As JSON.
    package var json: String {
        var writer = JSONWriter()
        write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    package var description: String {
        switch self {
        case .string(let string): "\"\(string)\""
        case .integer(let integer): "\(integer)"
        case .number(let text): text
        }
    }
}

/// What a client chose to recognise the progress of one request by; same types as an id.
package typealias ProgressToken = RequestID
