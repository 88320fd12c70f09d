internal import CAmbit
internal import JSON
internal import MCP
internal import Scopes

/// Checked copies of what a plugin declares. `uses` counts the calls of what may be withdrawn while the plugin stays.
extension PluginInstance {
    func readTool(_ pointer: UnsafePointer<ambit_tool>?, uses: HandlerUses? = nil) throws(Refusal) -> Tool {
        let tool = try Structs.read(pointer, "tool")
        let definition = ToolDefinition(
            name: try tool.name.string("name"), title: try tool.title.optionalString("title"),
            description: try tool.description.string("description"),
            inputSchema: try RawJSON.value(tool.input_schema, "input_schema"),
            outputSchema: try RawJSON.optional(tool.output_schema, "output_schema"),
            annotations: try RawJSON.optionalObject(tool.annotations, "annotations"),
            icons: try RawJSON.optional(tool.icons, "icons"), meta: try RawJSON.optionalObject(tool.meta, "meta"))
        let schemas = ToolSchemas(definition)
        try refuse("tool", definition.name, definition.problems() + schemas.problems)
        return Tool(
            definition,
            Handler(
                .tool, definition.name, execution: try execution(tool.execution), plugin: self,
                limits: try HandlerLimits(idle: tool.idle_limit_ns, total: tool.total_limit_ns), isReplayable: tool.replayable != 0,
                task: try taskSupport(tool.task),
                group: try group(tool.serial_group), uses: uses, schemas: schemas,
                function: try ForeignCallback(tool.context, required: tool.invoke, "invoke")))
    }

    func readResource(_ pointer: UnsafePointer<ambit_readable>?, uses: HandlerUses? = nil) throws(Refusal) -> ResourceOffer {
        let item = try Structs.read(pointer, "resource")
        guard item.size >= 0 else { throw .invalid("size is \(item.size): it is bytes, or 0 (unknown)") }
        let definition = ResourceDefinition(
            uri: try item.uri.string("uri"), name: try item.name.string("name"), title: try item.title.optionalString("title"),
            description: try item.description.optionalString("description"),
            mimeType: try item.mime_type.optionalString("mime_type"), size: item.size == 0 ? nil : Int(item.size),
            annotations: try RawJSON.optionalObject(item.annotations, "annotations"),
            icons: try RawJSON.optional(item.icons, "icons"), meta: try RawJSON.optionalObject(item.meta, "meta"))
        try refuse("resource", definition.uri, definition.problems())
        let (read, complete) = try handlers(item, definition.uri, uses)
        return ResourceOffer(definition, read, completion: complete)
    }

    func readTemplate(_ pointer: UnsafePointer<ambit_readable>?, uses: HandlerUses? = nil) throws(Refusal) -> TemplateOffer {
        let item = try Structs.read(pointer, "resource")
        let text = try item.uri.string("uri")
        let template: URITemplate
        do throws(URITemplateError) {
            template = try URITemplate(text)
        } catch {
            throw .invalid("the template '\(text)' can't be used: \(error)")
        }
        let definition = ResourceTemplateDefinition(
            template: template, name: try item.name.string("name"), title: try item.title.optionalString("title"),
            description: try item.description.optionalString("description"),
            mimeType: try item.mime_type.optionalString("mime_type"),
            annotations: try RawJSON.optionalObject(item.annotations, "annotations"),
            icons: try RawJSON.optional(item.icons, "icons"), meta: try RawJSON.optionalObject(item.meta, "meta"))
        try refuse("resource template", text, definition.problems())
        let (read, complete) = try handlers(item, text, uses)
        return TemplateOffer(definition, read, completion: complete)
    }

    func readPrompt(_ pointer: UnsafePointer<ambit_prompt>?, uses: HandlerUses? = nil) throws(Refusal) -> Prompt {
        let item = try Structs.read(pointer, "prompt")
        var arguments: [PromptDefinition.Argument] = []
        if item.arguments_count > 0 {
            guard let list = item.arguments, item.arguments_count <= 256 else {
                throw .invalid("arguments is NULL, or has more than 256 items")
            }
            for index in 0..<Int(item.arguments_count) {
                let argument = try Structs.read(list[index], "arguments[]")
                arguments.append(
                    .init(
                        name: try argument.name.string("argument.name"), title: try argument.title.optionalString("argument.title"),
                        description: try argument.description.optionalString("argument.description"),
                        isRequired: argument.is_required != 0))
            }
        }
        let definition = PromptDefinition(
            name: try item.name.string("name"), title: try item.title.optionalString("title"),
            description: try item.description.optionalString("description"), arguments: arguments,
            icons: try RawJSON.optional(item.icons, "icons"), meta: try RawJSON.optionalObject(item.meta, "meta"))
        try refuse("prompt", definition.name, definition.problems())
        let execution = try execution(item.execution)
        let limits = try HandlerLimits(idle: item.idle_limit_ns, total: item.total_limit_ns)
        let group = try group(item.serial_group)
        return Prompt(
            definition,
            Handler(
                .prompt, definition.name, execution: execution, plugin: self, limits: limits, isReplayable: true, group: group,
                uses: uses, function: try ForeignCallback(item.context, required: item.make, "make")),
            completion: item.complete.map { complete in
                Handler(
                    .completion, definition.name, execution: execution, plugin: self, limits: limits, isReplayable: true, group: group,
                    uses: uses, function: ForeignCallback(item.context, complete))
            })
    }

    private func handlers(
        _ item: ambit_readable, _ name: String, _ uses: HandlerUses?
    ) throws(Refusal) -> (read: Handler, complete: Handler?) {
        let execution = try execution(item.execution)
        let limits = try HandlerLimits(idle: item.idle_limit_ns, total: item.total_limit_ns)
        let group = try group(item.serial_group)
        let read = Handler(
            .resource, name, execution: execution, plugin: self, limits: limits, isReplayable: true, group: group,
            uses: uses, function: try ForeignCallback(item.context, required: item.read, "read"))
        let complete = item.complete.map { complete in
            Handler(
                .completion, name, execution: execution, plugin: self, limits: limits, isReplayable: true, group: group,
                uses: uses, function: ForeignCallback(item.context, complete))
        }
        return (read, complete)
    }

    private func refuse(_ noun: String, _ name: String, _ problems: [String]) throws(Refusal) {
        guard !problems.isEmpty else { return }
        throw .invalid("\(noun) '\(name)' is wrong: \(problems.joined(separator: "; "))")
    }

    private func taskSupport(_ value: Int32) throws(Refusal) -> TaskSupport {
        guard let support = TaskSupport(rawValue: value) else { throw .invalid("task is \(value), which this host does not know") }
        return support
    }

    private func execution(_ value: Int32) throws(Refusal) -> Handler.Execution {
        guard let execution = Handler.Execution(rawValue: value) else {
            throw .invalid("execution is \(value), which this host does not know")
        }
        return execution
    }

    private func group(_ name: ambit_text) throws(Refusal) -> SerialGroup? {
        guard let name = try name.optionalString("serial_group") else { return nil }
        return life.withLock { life in
            let group = life.groups[name] ?? SerialGroup(name: name)
            life.groups[name] = group
            return group
        }
    }
}
