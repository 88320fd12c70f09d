/// The vocabularies of 2020-12 that a schema resource uses.
struct Vocabularies: OptionSet, Sendable {
    let rawValue: UInt16

    static let core = Vocabularies(rawValue: 1)
    static let applicator = Vocabularies(rawValue: 2)
    static let unevaluated = Vocabularies(rawValue: 4)
    static let validation = Vocabularies(rawValue: 8)
    static let format = Vocabularies(rawValue: 16)
    static let content = Vocabularies(rawValue: 32)
    static let metadata = Vocabularies(rawValue: 64)
    /// `format` is checked, and not only a description.
    static let formatAssertion = Vocabularies(rawValue: 128)

    /// What the dialect 2020-12 consists of.
    static let standard: Vocabularies = [.core, .applicator, .unevaluated, .validation, .format, .content, .metadata]

    static let prefix = "https://json-schema.org/draft/2020-12/vocab/"

    /// The vocabulary that a URI names; nil for one that is not known.
    init?(uri: String) {
        switch uri {
        case Self.prefix + "core": self = .core
        case Self.prefix + "applicator": self = .applicator
        case Self.prefix + "unevaluated": self = .unevaluated
        case Self.prefix + "validation": self = .validation
        case Self.prefix + "format-annotation": self = .format
        case Self.prefix + "format-assertion": self = [.format, .formatAssertion]
        case Self.prefix + "content": self = .content
        case Self.prefix + "meta-data": self = .metadata
        default: return nil
        }
    }

    init(rawValue: UInt16) { self.rawValue = rawValue }
}
