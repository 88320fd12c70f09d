internal import MCP
internal import Scopes

/// A tool's place in the catalog, owned by the plugin's scope: its name is withdrawn before anything else happens (S6).
final class ToolRegistration: Resource, @unchecked Sendable {  // constants only
    private let tool: Tool
    private let whom: Catalog.Change
    private let catalog: Catalog

    init(_ tool: Tool, _ whom: Catalog.Change, _ catalog: Catalog) {
        self.tool = tool
        self.whom = whom
        self.catalog = catalog
        super.init(.registration, label: "tool \(tool.definition.name)")
    }

    override func quiesce(_ reason: Reason) { catalog.withdraw(tool, from: whom) }

    override func release(_ reason: Reason) { catalog.withdraw(tool, from: whom) }
}
