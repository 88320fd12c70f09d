/// A resource of one instance: what the host's `ambit_readable` entry points at.
final class ResourceBinding: Sendable {
    let resource: Resource
    let host: Host

    init(_ resource: Resource, host: Host) {
        self.resource = resource
        self.host = host
    }

    /// The C entry; its texts live in the arena, its context is this object, which the caller keeps.
    func entry(in arena: TextArena) -> ambit_readable {
        let details = resource.details
        return ambit_readable(
            struct_size: UInt32(MemoryLayout<ambit_readable>.size),
            execution: resource.read.execution,
            is_template: resource.isTemplate ? 1 : 0,
            reserved: 0,
            uri: arena.text(resource.uri),
            name: arena.text(resource.name),
            title: arena.text(details.title ?? ""),
            description: arena.text(details.description ?? ""),
            mime_type: arena.text(details.mimeType ?? ""),
            size: details.size,
            annotations: arena.text(details.annotations?.text ?? ""),
            icons: arena.text(details.icons.text),
            meta: arena.text(details.meta?.text ?? ""),
            serial_group: arena.text(details.serialGroup ?? ""),
            idle_limit_ns: details.idleLimit.nanoseconds,
            total_limit_ns: details.totalLimit.nanoseconds,
            context: Unmanaged.passUnretained(self).toOpaque(),
            read: { context, handle in
                guard let context else { return }
                let binding = Unmanaged<ResourceBinding>.fromOpaque(context).takeUnretainedValue()
                Call(handle, host: binding.host)?.serve(binding.resource.read, binding.resource.name)
            },
            complete: resource.complete == nil
                ? nil
                : { context, handle in
                    guard let context else { return }
                    let binding = Unmanaged<ResourceBinding>.fromOpaque(context).takeUnretainedValue()
                    guard let complete = binding.resource.complete else { return }
                    Call(handle, host: binding.host)?.serve(complete, binding.resource.name)
                })
    }
}
