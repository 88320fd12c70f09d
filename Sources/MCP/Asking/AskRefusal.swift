/// Why a question can't be put to a client.
package enum AskRefusal: Error, Equatable, Sendable {
    /// The client did not say that it can be asked this. `required` has the shape of ClientCapabilities, compact, such as `{"sampling":{}}`.
    case missingCapability(name: String, required: StaticString)
    /// No client of this version can be asked this.
    case version(String)
    /// The question is not what the protocol wants it to be: the asker's mistake.
    case malformed(String)
    /// A limit of the host's.
    case tooMany(String)

    package static func == (one: Self, other: Self) -> Bool { one.text == other.text }

    /// For whoever asked.
    package var text: String {
        switch self {
        case .missingCapability(let name, let required): "the client can't be asked for \(name): it did not declare \(required)"
        case .version(let text), .malformed(let text), .tooMany(let text): text
        }
    }
}
