/// A prompt: texts with blanks that a person chooses. Its handler gets the call, then one value per argument.
public struct Prompt: Sendable {
    struct Details: Sendable {
        var title: String?
        var serialGroup: String?
        var idleLimit: Limit
        var totalLimit: Limit
        var icons: [Icon]
        var meta: JSON?
    }

    public let name: String
    public let description: String
    let arguments: [any AnyPromptArgument]
    let details: Details
    let make: Handler
    let complete: Handler?

    /// - Parameters:
    ///   - name: `[A-Za-z0-9_.-]{1,64}`, unique among the prompts of a server.
    ///   - complete: suggests values of an argument, for what the person has typed.
    public init<each A: Sendable>(
        _ name: String, _ description: String, _ arguments: repeat PromptArgument<each A>, title: String? = nil,
        serialGroup: String? = nil, idleLimit: Limit = .standard, totalLimit: Limit = .standard, icons: [Icon] = [], meta: JSON? = nil,
        complete: (@Sendable (CompletionQuery) async throws -> Completions)? = nil,
        make: @escaping @Sendable (Call, repeat each A) async throws -> PromptResult
    ) {
        var list: [any AnyPromptArgument] = []
        repeat list.append(each arguments)
        self.name = name
        self.description = description
        self.arguments = list
        details = Details(
            title: title, serialGroup: serialGroup, idleLimit: idleLimit, totalLimit: totalLimit, icons: icons, meta: meta)
        self.make = .async { reader in
            let call = reader.call
            let given = try JSON(parsing: call.arguments).strings
            let values = (repeat try (each arguments).decode(given[(each arguments).name]))
            return { try await make(call, repeat each values).result }
        }
        self.complete = complete.map { complete in Handler { call in try await complete(CompletionQuery(call)).result } }
    }
}
