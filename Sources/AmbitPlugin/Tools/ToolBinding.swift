/// A tool of one instance: what the host's `ambit_tool` entry points at.
final class ToolBinding: Sendable {
    let tool: Tool
    let host: Host

    init(_ tool: Tool, host: Host) {
        self.tool = tool
        self.host = host
    }

    /// The C entry; its texts live in the arena, its context is this object, which the caller keeps.
    func entry(in arena: TextArena) -> ambit_tool {
        ambit_tool(
            struct_size: UInt32(MemoryLayout<ambit_tool>.size),
            execution: tool.handler.execution,
            name: arena.text(tool.name),
            title: arena.text(tool.details.title ?? ""),
            description: arena.text(tool.description),
            input_schema: arena.text(tool.inputSchema.text),
            output_schema: arena.text(tool.details.output?.text ?? ""),
            annotations: arena.text(tool.details.annotations?.json.text ?? ""),
            meta: arena.text(tool.details.meta?.text ?? ""),
            icons: arena.text(tool.details.icons.text),
            serial_group: arena.text(tool.details.serialGroup ?? ""),
            idle_limit_ns: tool.details.idleLimit.nanoseconds,
            total_limit_ns: tool.details.totalLimit.nanoseconds,
            context: Unmanaged.passUnretained(self).toOpaque(),
            invoke: { context, handle in
                guard let context else { return }
                Unmanaged<ToolBinding>.fromOpaque(context).takeUnretainedValue().invoke(handle)
            },
            replayable: tool.details.isReplayable ? 1 : 0, task: tool.details.task.rawValue)
    }

    func invoke(_ handle: ambit_call) {
        guard let call = Call(handle, host: host) else { return }
        call.serve(tool.handler, tool.name) { try $0.refuseUnknown(tool: tool) }
    }
}
