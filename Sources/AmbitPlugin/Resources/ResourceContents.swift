/// What reading a resource gives: usually one text or some bytes.
public struct ResourceContents: Sendable {
    public struct Item: Sendable {
        enum Body: Sendable {
            case text(String)
            case data([UInt8])
        }

        let body: Body
        /// nil: the one that was read.
        public var uri: String?
        /// nil: as the resource was declared.
        public var mimeType: String?
        public var meta: JSON?

        public static func text(_ text: String, mimeType: String? = nil, uri: String? = nil, meta: JSON? = nil) -> Item {
            Item(body: .text(text), uri: uri, mimeType: mimeType, meta: meta)
        }

        /// Bytes as they are; the host encodes them.
        public static func data(_ data: [UInt8], mimeType: String? = nil, uri: String? = nil, meta: JSON? = nil) -> Item {
            Item(body: .data(data), uri: uri, mimeType: mimeType, meta: meta)
        }
    }

    /// At least one.
    public var items: [Item]
    public var meta: JSON?

    public init(_ items: [Item], meta: JSON? = nil) {
        self.items = items
        self.meta = meta
    }

    public static func text(_ text: String, mimeType: String? = nil) -> ResourceContents { .init([.text(text, mimeType: mimeType)]) }

    public static func data(_ data: [UInt8], mimeType: String? = nil) -> ResourceContents { .init([.data(data, mimeType: mimeType)]) }

    public static func json(_ value: JSON) -> ResourceContents { .text(value.text, mimeType: "application/json") }

    func result(for uri: String, _ mimeType: String?) -> ToolResult {
        ToolResult(
            items.map { item in
                let (uri, mimeType) = (item.uri ?? uri, item.mimeType ?? mimeType ?? "")
                var content: Content
                switch item.body {
                case .text(let text): content = .embedded(uri: uri, text: text, mimeType: mimeType)
                case .data(let data): content = .embedded(uri: uri, data: data, mimeType: mimeType)
                }
                content.meta = item.meta
                return content
            }, meta: meta)
    }
}
