extension Scope {
    /// Listens on a TCP port until the scope closes. Needs the permission `.network`.
    ///
    /// - Parameters:
    ///   - host: an address of this machine.
    ///   - port: 0: any that is free; see `Listener.port`.
    ///   - backlog: connections that may wait to be accepted.
    public func listener(
        host: String = "127.0.0.1", port: Int, backlog: Int = 128, label: String = "listener"
    ) throws(AmbitError) -> Listener {
        guard let port = Int32(exactly: port), (0...65535).contains(port) else {
            throw AmbitError(.invalidArgument, "a port is a number from 0 to 65535, not \(port)")
        }
        return try listen(host, port, "", backlog, label)
    }

    /// Listens on a local socket, which is made for this user only and removed at the end. Needs the permission `.network`.
    public func listener(path: String, backlog: Int = 128, label: String = "listener") throws(AmbitError) -> Listener {
        guard !path.isEmpty else { throw AmbitError(.invalidArgument, "the path of a local socket must not be empty") }
        return try listen("", 0, path, backlog, label)
    }

    private func listen(
        _ host: String, _ port: Int32, _ path: String, _ backlog: Int, _ label: String
    ) throws(AmbitError) -> Listener {
        let table = try runtime.tables.offered(\.listener, AMBIT_EXT_LISTENER)
        let descriptors = try runtime.tables.offered(\.descriptor, AMBIT_EXT_DESCRIPTOR)
        var options = ambit_listener_options()
        options.struct_size = UInt32(MemoryLayout<ambit_listener_options>.size)
        options.port = port
        options.backlog = UInt32(clamping: max(1, backlog))
        var listener: ambit_listener = 0
        var bound: Int32 = 0
        try AmbitError.check { error in
            host.withAmbitText { host in
                Array(path.utf8).withAmbitBytes { path in
                    label.withAmbitText { label in
                        options.host = host
                        options.path = path
                        options.label = label
                        return table.open(handle, &options, &listener, &bound, error)
                    }
                }
            }
        }
        return Listener(
            port: path.isEmpty ? Int(bound) : nil, handle: listener, table: table, descriptors: descriptors)
    }
}
