extension Tool {
    /// A tool whose arguments have a schema of their own, for what parameters can't say. Clients get the schema as it is; the host checks the
    /// arguments by it, and the handler gets them as they came: an object.
    ///
    /// - Parameter inputSchema: JSON Schema 2020-12 with `"type": "object"` at its root.
    public init(
        _ name: String, _ description: String, inputSchema: JSON, title: String? = nil, annotations: Annotations? = nil,
        output: JSON? = nil, serialGroup: String? = nil, idleLimit: Limit = .standard, totalLimit: Limit = .standard,
        icons: [Icon] = [], meta: JSON? = nil, replayable: Bool = false, task: TaskSupport = .never,
        handler: @escaping @Sendable (Call, JSON) async throws -> ToolResult
    ) {
        self.init(
            name, description, inputSchema: inputSchema,
            Details(
                title: title, annotations: annotations, output: output, serialGroup: serialGroup, idleLimit: idleLimit,
                totalLimit: totalLimit, icons: icons, meta: meta, isReplayable: replayable, task: task),
            .async { reader in
                let (call, arguments) = (reader.call, try reader.all)
                return { try await handler(call, arguments) }
            })
    }
}
