/// A prompt of one instance: what the host's `ambit_prompt` entry points at.
final class PromptBinding: Sendable {
    let prompt: Prompt
    let host: Host

    init(_ prompt: Prompt, host: Host) {
        self.prompt = prompt
        self.host = host
    }

    /// The C entry; its texts live in the arena, its context is this object, which the caller keeps.
    func entry(in arena: TextArena) -> ambit_prompt {
        let details = prompt.details
        let arguments = prompt.arguments.map { argument -> UnsafePointer<ambit_prompt_argument>? in
            UnsafePointer(
                arena.copy(
                    ambit_prompt_argument(
                        struct_size: UInt32(MemoryLayout<ambit_prompt_argument>.size), is_required: argument.isRequired ? 1 : 0,
                        name: arena.text(argument.name), title: arena.text(argument.title ?? ""),
                        description: arena.text(argument.description))))
        }
        return ambit_prompt(
            struct_size: UInt32(MemoryLayout<ambit_prompt>.size),
            execution: prompt.make.execution,
            name: arena.text(prompt.name),
            title: arena.text(details.title ?? ""),
            description: arena.text(prompt.description),
            arguments: arena.array(arguments),
            arguments_count: UInt64(arguments.count),
            icons: arena.text(details.icons.text),
            meta: arena.text(details.meta?.text ?? ""),
            serial_group: arena.text(details.serialGroup ?? ""),
            idle_limit_ns: details.idleLimit.nanoseconds,
            total_limit_ns: details.totalLimit.nanoseconds,
            context: Unmanaged.passUnretained(self).toOpaque(),
            make: { context, handle in
                guard let context else { return }
                let binding = Unmanaged<PromptBinding>.fromOpaque(context).takeUnretainedValue()
                Call(handle, host: binding.host)?.serve(binding.prompt.make, binding.prompt.name)
            },
            complete: prompt.complete == nil
                ? nil
                : { context, handle in
                    guard let context else { return }
                    let binding = Unmanaged<PromptBinding>.fromOpaque(context).takeUnretainedValue()
                    guard let complete = binding.prompt.complete else { return }
                    Call(handle, host: binding.host)?.serve(complete, binding.prompt.name)
                })
    }
}
