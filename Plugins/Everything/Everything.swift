public import AmbitPlugin

/// The server that protocol test suites expect: one tool, resource or prompt for each thing that MCP can do, with fixed names and texts.
///
/// Nothing of it is known to the server: it is written with the public SDK alone.
final class Everything: Plugin {
    static let about = About(
        name: "everything", version: "1.0.0", summary: "Does everything that MCP can do, for tests of clients and servers.")

    init(host: Host) {}

    var tools: [Tool] {
        // Suites call the first tool of the list when any tool will do.
        contentTools
        reportingTools
        askingTools
        inputRequiredTools
        changeTools
        jobTools
        schemaTool
        describedTool
        appTool
    }

    var resources: [Resource] {
        fixedResources
        changingResources
        appResource
    }

    var prompts: [Prompt] {
        fixedPrompts
        askingPrompt
    }
}

@c(ambit_plugin_entry) public func entry() -> UnsafePointer<ambit_plugin_descriptor>? { export(Everything.self) }
