/// What a plugin says of itself, readable without running any of it (A1).
public struct About: Sendable {
    /// `[a-z][a-z0-9-]{0,31}`, unique in a server; also the prefix of the plugin's topics.
    public var name: String
    public var version: String
    /// One line.
    public var summary: String
    public var permissions: Permissions
    /// JSON Schema of the configuration; nil: it takes none.
    public var configuration: JSON?

    public init(
        name: String, version: String, summary: String, permissions: Permissions = [], configuration: JSON? = nil
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.permissions = permissions
        self.configuration = configuration
    }

    /// With a configuration that is decoded as a type: `Host.configuration(as:)` in the plugin's `init`.
    public init<Configuration: SchemaProviding>(
        name: String, version: String, summary: String, permissions: Permissions = [], configuration: Configuration.Type
    ) {
        self.init(
            name: name, version: version, summary: summary, permissions: permissions, configuration: Configuration.schema)
    }
}
