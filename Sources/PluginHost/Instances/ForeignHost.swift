internal import CAmbit

/// The `ambit_host` of one instance: memory that stays where it is until the instance is gone.
final class ForeignHost: @unchecked Sendable {  // written once, before the plugin sees it
    let pointer: UnsafeMutablePointer<ambit_host>

    init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: ambit_host())
    }

    deinit { pointer.deallocate() }

    var handle: ambit_handle { pointer.pointee.handle }

    func fill(handle: ambit_handle, scope: ambit_handle) {
        pointer.pointee.struct_size = UInt32(MemoryLayout<ambit_host>.size)
        pointer.pointee.abi_minor = AMBIT_ABI_MINOR
        pointer.pointee.handle = handle
        pointer.pointee.scope = scope
        pointer.pointee.get_extension = { host, id in
            guard let id, HandleTable.shared.object(host, .host, as: PluginInstance.self) != nil else { return nil }
            return HostExtensions.table(String(cString: id))
        }
    }
}

/// The plugin's own table, valid from `create` until `destroy`.
struct ForeignPlugin: @unchecked Sendable {  // the plugin's memory, constant while it lives
    let pointer: UnsafePointer<ambit_plugin>

    var context: UnsafeMutableRawPointer? { pointer.pointee.context }

    func getExtension(_ id: String) -> UnsafeRawPointer? {
        guard let function = pointer.pointee.get_extension else { return nil }
        return function(context, id)
    }
}
