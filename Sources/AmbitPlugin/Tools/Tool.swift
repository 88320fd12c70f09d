/// A tool: its name, its parameters, and what it does.
///
/// Parameters are typed: the schema that clients see and the decoding of arguments come from the same declaration (DESIGN 4). A
/// handler gets the call first, then one value per parameter. What it throws becomes a tool error with that message.
public struct Tool: Sendable {
    public let name: String
    public let description: String
    let details: Details
    let handler: Handler
    /// nil: its schema alone says what arguments there are.
    let parameterNames: [String]?
    let inputSchema: JSON

    struct Details: Sendable {
        var title: String?
        var annotations: Annotations?
        var output: JSON?
        var serialGroup: String?
        var idleLimit: Limit
        var totalLimit: Limit
        var icons: [Icon]
        var meta: JSON?
        var isReplayable = false
        var task = TaskSupport.never
    }

    /// A tool whose handler may wait: it runs as a task of the call's scope, on the plugin's executor.
    ///
    /// - Parameters:
    ///   - name: `[A-Za-z0-9_.-]{1,64}`, unique in a server.
    ///   - output: JSON Schema of the structured result.
    ///   - serialGroup: two calls of one group never run at once (A8); nil: concurrent.
    ///   - idleLimit: ends a call without progress for this long.
    ///   - replayable: where the handler has asked the client and is gone when the answers come (the server was restarted), it may be run
    ///     again from its start, and finds all answers under their keys. For handlers that have no effect before they ask.
    ///   - task: whether a call goes on as a task of its client's when it takes long.
    public init<each P: Sendable>(
        _ name: String, _ description: String, _ parameters: repeat Parameter<each P>,
        title: String? = nil, annotations: Annotations? = nil, output: JSON? = nil, serialGroup: String? = nil,
        idleLimit: Limit = .standard, totalLimit: Limit = .standard, icons: [Icon] = [], meta: JSON? = nil, replayable: Bool = false,
        task: TaskSupport = .never,
        handler: @escaping @Sendable (Call, repeat each P) async throws -> ToolResult
    ) {
        var list: [any AnyParameter] = []
        repeat list.append(each parameters)
        self.init(
            name, description, list,
            Details(
                title: title, annotations: annotations, output: output, serialGroup: serialGroup, idleLimit: idleLimit,
                totalLimit: totalLimit, icons: icons, meta: meta, isReplayable: replayable, task: task),
            .async { reader in
                let values = (repeat try (each parameters).decode(&reader))
                let call = reader.call
                return { try await handler(call, repeat each values) }
            })
    }

    /// A tool whose handler never blocks and never waits: it runs where the request was received, which is fastest.
    public static func inline<each P: Sendable>(
        _ name: String, _ description: String, _ parameters: repeat Parameter<each P>,
        title: String? = nil, annotations: Annotations? = nil, output: JSON? = nil, serialGroup: String? = nil,
        idleLimit: Limit = .standard, totalLimit: Limit = .standard, icons: [Icon] = [], meta: JSON? = nil,
        handler: @escaping @Sendable (Call, repeat each P) throws -> ToolResult
    ) -> Tool {
        var list: [any AnyParameter] = []
        repeat list.append(each parameters)
        return Tool(
            name, description, list,
            Details(
                title: title, annotations: annotations, output: output, serialGroup: serialGroup, idleLimit: idleLimit,
                totalLimit: totalLimit, icons: icons, meta: meta),
            .inline { reader in try handler(reader.call, repeat try (each parameters).decode(&reader)) })
    }

    /// A tool whose handler blocks: it runs on one of the plugin's blocking threads (S22). It should look at `Call.isCancelled`.
    public static func blocking<each P: Sendable>(
        _ name: String, _ description: String, _ parameters: repeat Parameter<each P>,
        title: String? = nil, annotations: Annotations? = nil, output: JSON? = nil, serialGroup: String? = nil,
        idleLimit: Limit = .standard, totalLimit: Limit = .standard, icons: [Icon] = [], meta: JSON? = nil,
        task: TaskSupport = .never,
        handler: @escaping @Sendable (Call, repeat each P) throws -> ToolResult
    ) -> Tool {
        var list: [any AnyParameter] = []
        repeat list.append(each parameters)
        return Tool(
            name, description, list,
            Details(
                title: title, annotations: annotations, output: output, serialGroup: serialGroup, idleLimit: idleLimit,
                totalLimit: totalLimit, icons: icons, meta: meta, task: task),
            .blocking { reader in try handler(reader.call, repeat try (each parameters).decode(&reader)) })
    }

    private init(
        _ name: String, _ description: String, _ parameters: [any AnyParameter], _ details: Details, _ handler: Handler
    ) {
        self.name = name
        self.description = description
        self.details = details
        parameterNames = parameters.map(\.name)
        inputSchema = Tool.inputSchema(parameters)
        self.handler = Tool.checkedFirst(parameters, handler)
    }

    init(_ name: String, _ description: String, inputSchema: JSON, _ details: Details, _ handler: Handler) {
        self.name = name
        self.description = description
        self.details = details
        parameterNames = nil
        self.inputSchema = inputSchema
        self.handler = handler
    }

    private static func inputSchema(_ parameters: [any AnyParameter]) -> JSON {
        let required = parameters.filter(\.isRequired).map(\.name)
        return .object([
            "type": "object",
            "properties": .object(JSON.Object(parameters.map { ($0.name, .object($0.schema)) })),
            "required": required.isEmpty ? JSON?.none : .some(JSON(required)),
            "additionalProperties": false,
        ])
    }

    /// A wrong argument must not leave a minted session behind: where a parameter has an effect, all others are read first.
    private static func checkedFirst(_ parameters: [any AnyParameter], _ handler: Handler) -> Handler {
        guard parameters.contains(where: \.hasEffect) else { return handler }
        let harmless = parameters.filter { !$0.hasEffect }
        let check: @Sendable (inout ArgumentReader) throws -> Void = { reader in
            for parameter in harmless { try parameter.check(&reader) }
        }
        return switch handler {
        case .async(let body):
            .async { reader in
                try check(&reader)
                return try body(&reader)
            }
        case .inline(let body):
            .inline { reader in
                try check(&reader)
                return try body(&reader)
            }
        case .blocking(let body):
            .blocking { reader in
                try check(&reader)
                return try body(&reader)
            }
        }
    }
}
