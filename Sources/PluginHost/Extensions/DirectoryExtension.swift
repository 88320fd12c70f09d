internal import CAmbit
internal import Scopes

/// `ambit.directory/1`.
enum DirectoryExtension {
    static var table: ambit_host_directory {
        var table = ambit_host_directory()
        table.create = { scope, label, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginDirectory.create(try label.string("label"), in: try ScopeEntry.find(scope))
            }
        }
        table.path = { directory, buffer, capacity, size in
            crossing { () throws(Refusal) in try PluginDirectory.find(directory).directory.path.write(to: buffer, capacity, size) }
        }
        table.remove = { directory in
            crossing { () throws(Refusal) in try PluginDirectory.find(directory).remove(directory) }
        }
        return table
    }
}
