/// What a person has typed for an argument of a prompt or a variable of a template.
public struct CompletionQuery: Sendable {
    public let call: Call
    /// Of the argument or variable.
    public let name: String
    public let value: String
    /// What is given for the others already.
    public let arguments: [String: String]

    init(_ call: Call) throws {
        let given = try JSON(parsing: call.arguments)
        self.call = call
        name = given["argument"]?["name"]?.string ?? ""
        value = given["argument"]?["value"]?.string ?? ""
        arguments = given["context"]?["arguments"]?.strings ?? [:]
    }
}

extension JSON {
    /// The members of an object that are strings.
    var strings: [String: String] {
        guard case .object(let object) = self else { return [:] }
        return Dictionary(object.members.compactMap { key, value in value.string.map { (key, $0) } }, uniquingKeysWith: { $1 })
    }
}
