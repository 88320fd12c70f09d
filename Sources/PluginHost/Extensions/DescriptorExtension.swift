internal import CAmbit
internal import Scopes

/// `ambit.descriptor/1`.
enum DescriptorExtension {
    static var table: ambit_host_descriptor {
        var table = ambit_host_descriptor()
        table.adopt = { scope, number, label, out, error in
            crossing(error) { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginDescriptor.adopt(number, label: try label.string("label"), in: try ScopeEntry.find(scope))
            }
        }
        table.number = { descriptor, out in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginDescriptor.find(descriptor).descriptor.number
            }
        }
        table.close = { descriptor in
            crossing { () throws(Refusal) in try PluginDescriptor.find(descriptor).close(descriptor) }
        }
        table.disown = { descriptor, out in
            crossing { () throws(Refusal) in
                let out = try UnsafeMutablePointer.required(out, "out")
                out.pointee = try PluginDescriptor.find(descriptor).disown(descriptor)
            }
        }
        return table
    }
}
