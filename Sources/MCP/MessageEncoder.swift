import JSON

/// Writes whole JSON-RPC messages for a client of one version: compact, and without a newline inside or after.
///
/// Modern results get `resultType` and the server's name in `_meta`. Legacy results don't, so that those which must
/// be empty are exactly `{}`.
package final class MessageEncoder: Sendable {
    package let version: ProtocolVersion
    package let server: ServerInfo
    /// The `_meta` of nearly every modern result, written once.
    private let ownMeta: [UInt8]

    package init(version: ProtocolVersion, server: ServerInfo) {
        self.version = version
        self.server = server
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(MetaKey.serverInfo)
        server.write(to: &writer, for: version)
        writer.endObject()
        ownMeta = writer.bytes
    }

    /// An error. Where the id could not be read, the member is left out.
    package static func error(id: RequestID?, _ error: ProtocolError) -> [UInt8] {
        var writer = JSONWriter(reserving: 128 + error.message.utf8.count + (error.data?.count ?? 0))
        writer.beginMessage()
        if let id {
            writer.key("id")
            id.write(to: &writer)
        }
        writer.key("error")
        error.write(to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// A result; `members` are what stands in it beside `resultType` (modern: `type`) and `_meta`.
    func result(
        id: RequestID, type: StaticString = "complete", meta: JSONValue? = nil, reserving: Int = 256,
        members: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        message(
            id: id, type: type, reserving: reserving,
            all: { writer in
                members(&writer)
                write(meta: meta, to: &writer)
            })
    }

    /// A result of the modern era with members of the host's own in `_meta`, beside the server's name.
    func answer(id: RequestID, hostMeta: (inout JSONWriter) -> Void) -> [UInt8] {
        message(
            id: id, type: "complete", reserving: 256,
            all: { writer in
                writer.key("_meta")
                writer.beginObject()
                hostMeta(&writer)
                writer.key(MetaKey.serverInfo)
                server.write(to: &writer, for: version)
                writer.endObject()
            })
    }

    private func message(
        id: RequestID, type: StaticString, reserving: Int, all: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter(reserving: reserving)
        writer.fragment("{\"jsonrpc\":\"2.0\",\"id\":")
        id.write(to: &writer)
        writer.fragment("\"result\":{")
        if version.era == .modern {
            writer.key("resultType")
            writer.string(type)
        }
        all(&writer)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// The plugin's `_meta`, with the server's name in modern. The host's key is the host's: a plugin can't set it.
    private func write(meta: JSONValue?, to writer: inout JSONWriter) {
        guard version.era == .modern else { return writer.member("_meta", meta) }
        writer.key("_meta")
        guard let meta else { return writer.raw(ownMeta) }
        writer.beginObject()
        for (key, value) in meta.members where !key.isString(MetaKey.serverInfo) {
            writer.key(escaping: key.string ?? "")
            writer.raw(value)
        }
        writer.key(MetaKey.serverInfo)
        server.write(to: &writer, for: version)
        writer.endObject()
    }
}

extension JSONWriter {
    mutating func beginMessage() {
        beginObject()
        key("jsonrpc")
        string("2.0" as StaticString)
    }
}
