internal import CAmbit

/// `ambit.registry/1`.
enum RegistryExtension {
    static var table: ambit_host_registry {
        var table = ambit_host_registry()
        table.add_tool = { scope, registration, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginToolRegistration.add(registration, in: try ScopeEntry.find(scope))
            }
        }
        table.remove = { registration in
            crossing { () throws(Refusal) in try PluginToolRegistration.find(registration).remove() }
        }
        return table
    }
}
