import JSON

/// Requests of the control socket, as the command line makes them.
enum ControlMessage {
    static func make(_ command: String, _ members: (inout JSONWriter) -> Void = { _ in }) -> [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.key("version")
        writer.int(ControlLine.version)
        writer.key("command")
        writer.string(command)
        members(&writer)
        writer.endObject()
        return writer.bytes
    }

    static func scopes(_ query: ScopeQuery, watch milliseconds: Int64? = nil) -> [UInt8] {
        make("scopes") { writer in
            writer.key("format")
            writer.string(query.isText ? "text" : "json")
            if let depth = query.depth {
                writer.key("depth")
                writer.int(depth)
            }
            if let path = query.path {
                writer.key("path")
                writer.string(path)
            }
            if let milliseconds {
                writer.key("watch")
                writer.int(Int(milliseconds))
            }
        }
    }

    /// - Parameter arguments: one JSON object.
    static func call(_ name: String, arguments: [UInt8], endSession: Bool) -> [UInt8] {
        make("call") { writer in
            writer.key("name")
            writer.string(name)
            writer.key("arguments")
            writer.raw(arguments)
            writer.key("logLevel")
            writer.string("debug" as StaticString)
            if endSession {
                writer.key("endSession")
                writer.bool(true)
            }
        }
    }
}
