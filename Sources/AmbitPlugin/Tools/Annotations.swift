/// Hints to clients about what a tool does; nil leaves a hint out.
public struct Annotations: Sendable {
    public var readOnly: Bool?
    public var destructive: Bool?
    public var idempotent: Bool?
    public var openWorld: Bool?
    public var title: String?

    public init(
        readOnly: Bool? = nil, destructive: Bool? = nil, idempotent: Bool? = nil, openWorld: Bool? = nil, title: String? = nil
    ) {
        self.readOnly = readOnly
        self.destructive = destructive
        self.idempotent = idempotent
        self.openWorld = openWorld
        self.title = title
    }

    var json: JSON {
        .object([
            "title": title.map(JSON.string),
            "readOnlyHint": readOnly.map(JSON.bool),
            "destructiveHint": destructive.map(JSON.bool),
            "idempotentHint": idempotent.map(JSON.bool),
            "openWorldHint": openWorld.map(JSON.bool),
        ])
    }
}
