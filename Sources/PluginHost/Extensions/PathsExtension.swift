internal import CAmbit

/// `ambit.paths/1`.
enum PathsExtension {
    static var table: ambit_host_paths {
        var table = ambit_host_paths()
        table.get = { host, which, buffer, capacity, size, error in
            crossing(error) { () throws(Refusal) in
                let path = try PathsExtension.path(which, try HostExtensions.instance(host))
                try path.write(to: buffer, capacity, size)
            }
        }
        return table
    }

    private static func path(_ which: Int32, _ instance: PluginInstance) throws(Refusal) -> String {
        let folders = instance.services.folders
        switch Int(which) {
        case AMBIT_PATH_STATE: return try own(folders.state, instance)
        case AMBIT_PATH_CACHE: return try own(folders.cache, instance)
        case AMBIT_PATH_WORKSPACE:
            guard instance.facts.allows(AMBIT_PERMISSION_FILES) else {
                throw Refusal(
                    .denied, "'\(instance.name)' may not see the workspace: it needs AMBIT_PERMISSION_FILES in its descriptor")
            }
            return folders.workspace
        case AMBIT_PATH_TEMPORARY: return folders.temporary
        default: throw .invalid("which is \(which): it is one of AMBIT_PATH_…")
        }
    }

    private static func own(_ base: String, _ instance: PluginInstance) throws(Refusal) -> String {
        let path = "\(base)/\(instance.name)"
        try HostFolders.make(path)
        return path
    }
}

extension String {
    /// Lends the bytes of a path to a plugin that asked with a buffer; `size` says how many there are, whether they fit or not.
    func write(
        to buffer: UnsafeMutablePointer<UInt8>?, _ capacity: UInt64, _ size: UnsafeMutablePointer<UInt64>?
    ) throws(Refusal) {
        let size = try UnsafeMutablePointer.required(size, "size")
        let count = utf8.count
        size.pointee = UInt64(count)
        guard let buffer, capacity >= UInt64(count) else { return }
        for (index, byte) in utf8.enumerated() { buffer[index] = byte }
    }
}
