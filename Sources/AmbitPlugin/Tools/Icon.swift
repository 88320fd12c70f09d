/// A picture for what a plugin offers.
public struct Icon: Sendable {
    public enum Theme: String, Sendable { case light, dark }

    /// An `https:` or `data:` URI.
    public var source: String
    public var mimeType: String?
    /// Such as "48x48", or "any".
    public var sizes: [String]
    /// The background that it is made for; nil: both.
    public var theme: Theme?

    public init(_ source: String, mimeType: String? = nil, sizes: [String] = [], theme: Theme? = nil) {
        self.source = source
        self.mimeType = mimeType
        self.sizes = sizes
        self.theme = theme
    }

    var json: JSON {
        .object([
            "src": .string(source), "mimeType": mimeType.map(JSON.string), "sizes": sizes.isEmpty ? nil : JSON(sizes),
            "theme": theme.map { .string($0.rawValue) },
        ])
    }
}

extension [Icon] {
    /// A JSON array, or nothing at all.
    var text: String { isEmpty ? "" : JSON.array(map(\.json)).text }
}
