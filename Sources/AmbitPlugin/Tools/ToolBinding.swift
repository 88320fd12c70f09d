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
        let execution =
            switch tool.handler {
            case .async: AMBIT_TOOL_ASYNC
            case .inline: AMBIT_TOOL_INLINE
            case .blocking: AMBIT_TOOL_BLOCKING
            }
        return ambit_tool(
            struct_size: UInt32(MemoryLayout<ambit_tool>.size),
            execution: Int32(execution),
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
            })
    }

    /// Every path ends the call exactly once (A9).
    func invoke(_ handle: ambit_call) {
        guard let call = Call(handle, host: host) else { return }
        var reader = ArgumentReader(call)
        do {
            try reader.refuseUnknown(tool: tool)
            switch tool.handler {
            case .inline(let body), .blocking(let body):
                let result = try body(&reader)
                call.finish(result.completed(minted: reader.minted))
            case .async(let body):
                let work = try body(&reader)
                let minted = reader.minted
                try call.scope.own(label: tool.name, atEnd: .cancel) {
                    do {
                        call.finish(try await work().completed(minted: minted))
                    } catch {
                        call.finish(throwing: error, minted: minted)
                    }
                    return nil
                }
            }
        } catch {
            call.finish(throwing: error, minted: reader.minted)
        }
    }
}
