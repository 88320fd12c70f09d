/// Many resources in one: a URI template of RFC 6570 and what reading one of its URIs gives.
///
/// Expressions are `{a}`, `{a,b}`, `{+a}`, `{.a}`, `{/a}` and, at the end, `{?a,b}` and `{&a,b}`. The value of a variable is percent-decoded, and never
/// holds a "/" unless it is a `{+a}`: those are to be checked before they name a file.
public struct ResourceTemplate: Sendable {
    let resource: Resource

    /// - Parameters:
    ///   - complete: suggests values of a variable, for what the person has typed.
    ///   - read: gets the call, then the variables of the URI that is read.
    public init(
        _ template: String, name: String, title: String? = nil, description: String? = nil, mimeType: String? = nil,
        annotations: JSON? = nil, serialGroup: String? = nil, idleLimit: Limit = .standard, totalLimit: Limit = .standard,
        icons: [Icon] = [], meta: JSON? = nil, complete: (@Sendable (CompletionQuery) async throws -> Completions)? = nil,
        read: @escaping @Sendable (Call, Variables) async throws -> ResourceContents
    ) {
        resource = Resource(
            template, name, isTemplate: true,
            .init(
                title: title, description: description, mimeType: mimeType, size: 0, annotations: annotations, serialGroup: serialGroup,
                idleLimit: idleLimit, totalLimit: totalLimit, icons: icons, meta: meta),
            read: Handler { call in
                let arguments = try JSON(parsing: call.arguments)
                let contents = try await read(call, Variables(arguments["variables"]?.strings ?? [:]))
                return contents.result(for: arguments["uri"]?.string ?? "", mimeType)
            },
            complete: complete.map { complete in Handler { call in try await complete(CompletionQuery(call)).result } })
    }
}
