internal import MCP
internal import Scopes

/// A tool's place in the catalog, owned by the plugin's scope: its name is withdrawn before anything else happens (S6).
final class ToolRegistration: Resource, @unchecked Sendable {  // constants only
    private let tool: Tool
    private let catalog: Catalog

    init(_ tool: Tool, _ catalog: Catalog) {
        self.tool = tool
        self.catalog = catalog
        super.init(.registration, label: "tool \(tool.definition.name)")
    }

    override func quiesce(_ reason: Reason) { catalog.withdraw(tool) }

    override func release(_ reason: Reason) { catalog.withdraw(tool) }
}
