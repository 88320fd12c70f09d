/// Gives the host the descriptor of a plugin; the whole body of its entry function:
///
///     @c(ambit_plugin_entry) public func entry() -> UnsafePointer<ambit_plugin_descriptor>? { export(Clock.self) }
///
/// The descriptor is built at the first call and the same ever after. It is leaked on purpose: it is the static data of a library that
/// is never unmapped. Any thread.
public func export<P: Plugin>(_ type: P.Type) -> UnsafePointer<ambit_plugin_descriptor>? {
    Descriptors.shared.descriptor(of: ObjectIdentifier(type)) {
        (P.about, { host in try P(host: host) })
    }
}

/// A descriptor of its own, for the test kit: `made` gets each instance that is created from it.
package func export<P: Plugin>(
    _ type: P.Type, made: @escaping @Sendable (P) -> Void
) -> UnsafePointer<ambit_plugin_descriptor> {
    Descriptors.build(P.about) { host in
        let plugin = try P(host: host)
        made(plugin)
        return plugin
    }
}
