/// Something that clients may read: its URI and what reading gives.
///
/// The handler runs as a task of the call's scope, as a tool's does. It throws `CallFailure.noResource` where there is nothing any more; what
/// else it throws becomes an error of the protocol with that message.
public struct Resource: Sendable {
    struct Details: Sendable {
        var title: String?
        var description: String?
        var mimeType: String?
        var size: Int64
        var annotations: JSON?
        var serialGroup: String?
        var idleLimit: Limit
        var totalLimit: Limit
        var icons: [Icon]
        var meta: JSON?
    }

    /// The URI, or the template.
    public let uri: String
    public let name: String
    let isTemplate: Bool
    let details: Details
    let read: Handler
    let complete: Handler?

    /// - Parameters:
    ///   - uri: absolute, unique in a server.
    ///   - mimeType: of its contents, where they say nothing else.
    ///   - size: in bytes, where it is known.
    ///   - annotations: `audience`, `priority` and `lastModified` of MCP.
    public init(
        _ uri: String, name: String, title: String? = nil, description: String? = nil, mimeType: String? = nil, size: Int? = nil,
        annotations: JSON? = nil, serialGroup: String? = nil, idleLimit: Limit = .standard, totalLimit: Limit = .standard,
        icons: [Icon] = [], meta: JSON? = nil, read: @escaping @Sendable (Call) async throws -> ResourceContents
    ) {
        self.init(
            uri, name, isTemplate: false,
            Details(
                title: title, description: description, mimeType: mimeType, size: Int64(size ?? 0), annotations: annotations,
                serialGroup: serialGroup, idleLimit: idleLimit, totalLimit: totalLimit, icons: icons, meta: meta),
            read: Handler { call in try await read(call).result(for: call.resourceURI, mimeType) }, complete: nil)
    }

    init(_ uri: String, _ name: String, isTemplate: Bool, _ details: Details, read: Handler, complete: Handler?) {
        self.uri = uri
        self.name = name
        self.isTemplate = isTemplate
        self.details = details
        self.read = read
        self.complete = complete
    }
}

extension Call {
    /// The URI that a resource is read by. Empty in a call of another sort.
    public var resourceURI: String { (try? JSON(parsing: arguments))?["uri"]?.string ?? "" }
}
