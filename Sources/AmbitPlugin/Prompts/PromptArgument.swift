/// A blank of a prompt: what clients read about it. What they give is a string.
public struct PromptArgument<Value: Sendable>: Sendable {
    public let name: String
    let title: String?
    let description: String
    /// From what was given.
    let decode: @Sendable (String?) throws -> Value
    let isRequired: Bool

    /// An argument that must be given.
    public static func argument(_ name: String, _ description: String, title: String? = nil) -> PromptArgument<String> {
        PromptArgument<String>(
            name: name, title: title, description: description,
            decode: { given in
                guard let given else { throw CallFailure.invalidParameters("the argument '\(name)' is missing") }
                return given
            }, isRequired: true)
    }

    /// The same argument, but it may be left out: then the value is nil.
    public var optional: PromptArgument<Value?> {
        let decode = decode
        return PromptArgument<Value?>(
            name: name, title: title, description: description, decode: { try $0.map { try decode($0) } },
            isRequired: false)
    }
}

/// An argument of some type: what a prompt needs of all of them.
protocol AnyPromptArgument: Sendable {
    var name: String { get }
    var title: String? { get }
    var description: String { get }
    var isRequired: Bool { get }
}

extension PromptArgument: AnyPromptArgument {}
