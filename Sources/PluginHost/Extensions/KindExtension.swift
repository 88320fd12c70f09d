internal import CAmbit

/// `ambit.kind/1`.
enum KindExtension {
    static var table: ambit_host_kind {
        var table = ambit_host_kind()
        table.define = { host, descriptor, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginKind.define(descriptor, by: try HostExtensions.instance(host))
            }
        }
        table.reserve = { scope, kind, label, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginOwnResource.reserve(
                    try PluginKind.find(kind), label: try label.string("label"), in: try ScopeEntry.find(scope))
            }
        }
        table.commit = { handle, resource, error in
            crossing(error) { () throws(Refusal) in try PluginOwnResource.find(handle).acquired(resource) }
        }
        table.withdraw = { handle in
            crossing { () throws(Refusal) in try PluginOwnResource.find(handle).notAcquired() }
        }
        table.describe = { handle, text in
            crossing { () throws(Refusal) in
                let text = try text.string("text")
                guard text.utf8.count <= 256 else { throw .invalid("text has \(text.utf8.count) bytes, 256 are the most") }
                try PluginOwnResource.find(handle).describe(as: text)
            }
        }
        table.released = { handle, status in
            crossing { () throws(Refusal) in try PluginOwnResource.find(handle).finished(status) }
        }
        table.end = { handle in
            crossing { () throws(Refusal) in try PluginOwnResource.find(handle).endEarly() }
        }
        return table
    }
}
