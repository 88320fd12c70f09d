/// The formats that are checked where `format` is an assertion. Others only describe.
enum SchemaFormat: String, Sendable, BitwiseCopyable, CaseIterable {
    case date
    case time
    case dateTime = "date-time"
    case duration
    case email
    case internationalEmail = "idn-email"
    case hostname
    case internationalHostname = "idn-hostname"
    case ipv4
    case ipv6
    case uri
    case uriReference = "uri-reference"
    case iri
    case iriReference = "iri-reference"
    case uriTemplate = "uri-template"
    case uuid
    case jsonPointer = "json-pointer"
    case relativeJSONPointer = "relative-json-pointer"
    case regex

    /// Whether a text, in UTF-8, has the format.
    func accepts(_ text: ArraySlice<UInt8>) -> Bool {
        var cursor = FormatCursor(text)
        switch self {
        case .date: return cursor.date() && cursor.isAtEnd
        case .time: return cursor.time() && cursor.isAtEnd
        case .dateTime:
            return cursor.date() && cursor.skip(where: { $0 | 0x20 == UInt8(ascii: "t") }) && cursor.time() && cursor.isAtEnd
        case .duration: return cursor.duration() && cursor.isAtEnd
        case .email: return EmailFormat.accepts(text, allowingUnicode: false)
        case .internationalEmail: return EmailFormat.accepts(text, allowingUnicode: true)
        case .hostname: return HostnameFormat.accepts(text, allowingUnicode: false)
        case .internationalHostname: return HostnameFormat.accepts(text, allowingUnicode: true)
        case .ipv4: return cursor.ipv4() && cursor.isAtEnd
        case .ipv6: return AddressFormat.isIPv6(text)
        case .uri: return URIFormat.accepts(text, allowingUnicode: false, allowingRelative: false)
        case .uriReference: return URIFormat.accepts(text, allowingUnicode: false, allowingRelative: true)
        case .iri: return URIFormat.accepts(text, allowingUnicode: true, allowingRelative: false)
        case .iriReference: return URIFormat.accepts(text, allowingUnicode: true, allowingRelative: true)
        case .uriTemplate: return cursor.uriTemplate()
        case .uuid: return cursor.uuid() && cursor.isAtEnd
        case .jsonPointer: return cursor.jsonPointer()
        case .relativeJSONPointer: return cursor.relativeJSONPointer()
        case .regex: return Self.isPattern(text)
        }
    }

    private static func isPattern(_ text: ArraySlice<UInt8>) -> Bool {
        do throws(PatternError) {
            _ = try Pattern(Array(text))
            return true
        } catch {
            return error.isBeyondEngine
        }
    }
}
