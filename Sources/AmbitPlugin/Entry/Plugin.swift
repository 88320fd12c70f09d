/// A plugin: one instance is one generation. Instances are independent and may exist at the same time.
///
/// Whatever it starts belongs to a scope: `host.scope` for what lives as long as the plugin, a session's for a session, a call's for a
/// call. There is nothing to clean up by hand.
public protocol Plugin: AnyObject, Sendable {
    static var about: About { get }

    /// Makes an instance, without any effect outside it (A1). What it throws is why the plugin can't be loaded.
    init(host: Host) throws

    /// The tools, read once, right after `init`: list them one after the other.
    @ToolsBuilder var tools: [Tool] { get }

    /// What clients may read, listed like the tools; templates as well.
    @ResourcesBuilder var resources: [Resource] { get }

    /// The prompts, listed like the tools.
    @PromptsBuilder var prompts: [Prompt] { get }

    /// Takes exclusive resources: locks, ports, names. Called once, on a thread of the plugin's executor. A throw unloads the plugin.
    func activate() throws

    /// The plugin's scope begins to close: no call comes any more. Any thread; must not block.
    func quiesce()
}

extension Plugin {
    public var resources: [Resource] { [] }
    public var prompts: [Prompt] { [] }
    public func activate() throws {}
    public func quiesce() {}
}
