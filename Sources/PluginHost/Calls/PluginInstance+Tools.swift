internal import CAmbit
internal import JSON
internal import MCP
internal import Scopes

extension PluginInstance {
    /// Defaults of a call's limits, nanoseconds (DESIGN section 2).
    static let idleLimit: Int64 = 120 * 1_000_000_000
    static let totalLimit: Int64 = 3600 * 1_000_000_000
    /// Tools of one plugin.
    static let maximalTools: UInt64 = 4096

    /// Reads and checks what the plugin offers; nothing is registered yet.
    func readTools() throws(PluginError) -> [Tool] {
        guard let plugin = life.withLock({ $0.plugin }),
            let table = plugin.getExtension(AMBIT_EXT_TOOLS)?.assumingMemoryBound(to: ambit_plugin_tools.self)
        else { return [] }
        guard table.pointee.struct_size >= UInt32(MemoryLayout<ambit_plugin_tools>.size), let count = table.pointee.count,
            let get = table.pointee.get
        else { throw toolError("its table \(AMBIT_EXT_TOOLS) is incomplete", "set struct_size, count and get") }
        let total = count(plugin.context)
        guard total <= Self.maximalTools else { throw toolError("it offers \(total) tools", "\(Self.maximalTools) are the most") }
        var tools: [Tool] = []
        for index in 0..<total {
            let tool: Tool
            do throws(Refusal) {
                tool = try readTool(get(plugin.context, index))
            } catch {
                throw toolError("its tool \(index) is wrong: \(error.text)", "mend the tool's declaration")
            }
            let name = tool.definition.name
            let problems = tool.definition.problems() + tool.definition.schemaProblems()
            guard problems.isEmpty else {
                throw toolError("its tool '\(name)' is wrong: \(problems.joined(separator: "; "))", "mend the tool's declaration")
            }
            guard !tools.contains(where: { $0.definition.name == name }) else {
                throw toolError("it offers two tools named '\(name)'", "rename one of them")
            }
            tools.append(tool)
        }
        return tools
    }

    private func toolError(_ what: String, _ howToMend: String) -> PluginError {
        PluginError(path: path, what: what, howToMend: howToMend)
    }

    /// A copy of what a plugin declares.
    ///
    /// - Parameter uses: counts the calls of a tool that may be withdrawn while the plugin stays.
    func readTool(_ pointer: UnsafePointer<ambit_tool>?, uses: ToolUses? = nil) throws(Refusal) -> Tool {
        let tool = try Structs.read(pointer, "tool")
        let definition = ToolDefinition(
            name: try tool.name.string("name"), title: try tool.title.optionalString("title"),
            description: try tool.description.string("description"),
            inputSchema: try RawJSON.value(tool.input_schema, "input_schema"),
            outputSchema: try RawJSON.optional(tool.output_schema, "output_schema"),
            annotations: try RawJSON.optionalObject(tool.annotations, "annotations"),
            meta: try RawJSON.optionalObject(tool.meta, "meta"))
        guard let execution = Tool.Execution(rawValue: tool.execution) else {
            throw .invalid("execution is \(tool.execution), which this host does not know")
        }
        var group: SerialGroup?
        if let name = try tool.serial_group.optionalString("serial_group") {
            group = life.withLock { life in
                let group = life.groups[name] ?? SerialGroup(name: name)
                life.groups[name] = group
                return group
            }
        }
        return Tool(
            definition, execution: execution, plugin: self,
            idleLimit: try Self.limit(tool.idle_limit_ns, Self.idleLimit, "idle_limit_ns"),
            totalLimit: try Self.limit(tool.total_limit_ns, Self.totalLimit, "total_limit_ns"),
            hasOwnTotalLimit: tool.total_limit_ns != 0, isReplayable: tool.replayable != 0, group: group, uses: uses,
            handler: try ForeignCallback(tool.context, required: tool.invoke, "invoke"))
    }

    private static func limit(_ value: Int64, _ standard: Int64, _ name: StaticString) throws(Refusal) -> Int64 {
        switch value {
        case 0: return standard
        case -1: return .max
        case 1...: return value
        default: throw .invalid("\(name) is \(value): it is -1 (none), 0 (the default) or nanoseconds")
        }
    }
}
