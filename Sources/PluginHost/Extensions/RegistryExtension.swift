internal import CAmbit

/// `ambit.registry/1`.
enum RegistryExtension {
    static var table: ambit_host_registry {
        var table = ambit_host_registry()
        table.add_tool = { scope, registration, out, error in
            RegistryExtension.add(out, error) { () throws(Refusal) in
                try PluginRegistration.add(tool: registration, in: try ScopeEntry.find(scope))
            }
        }
        table.remove = { registration in
            crossing { () throws(Refusal) in try PluginRegistration.find(registration).remove() }
        }
        table.add_resource = { scope, registration, out, error in
            RegistryExtension.add(out, error) { () throws(Refusal) in
                try PluginRegistration.add(resource: registration, in: try ScopeEntry.find(scope))
            }
        }
        table.add_prompt = { scope, registration, out, error in
            RegistryExtension.add(out, error) { () throws(Refusal) in
                try PluginRegistration.add(prompt: registration, in: try ScopeEntry.find(scope))
            }
        }
        table.resource_updated = { scope, uri, error in
            crossing(error) { () throws(Refusal) in
                let entry = try ScopeEntry.find(scope)
                try entry.instance.services.catalog.updated(try uri.string("uri"), in: entry)
            }
        }
        return table
    }

    private static func add(
        _ out: UnsafeMutablePointer<ambit_registration>?, _ error: UnsafeMutablePointer<ambit_error>?,
        _ body: () throws(Refusal) -> ambit_registration
    ) -> ambit_status {
        crossing(error) { () throws(Refusal) in
            let out = try UnsafeMutablePointer.required(out, "out")
            out.pointee = try body()
        }
    }
}
