package import JSON

extension MessageEncoder {
    /// A step of progress. That steps grow is the caller's duty (``ProgressGate``).
    package func progress(
        token: ProgressToken, progress: Double, total: Double? = nil, message: String? = nil
    ) -> [UInt8] {
        notification("notifications/progress") { writer in
            writer.key("progressToken")
            token.write(to: &writer)
            writer.key("progress")
            writer.double(progress)
            if let total, total.isFinite {
                writer.key("total")
                writer.double(total)
            }
            if version >= .v2025_03_26 { writer.member("message", message) }
        }
    }

    /// A log message with any JSON as its data. Whether the client wants it: ``RequestContext/admits(_:)``.
    package func log(level: LogLevel, logger: String? = nil, data: JSONValue) -> [UInt8] {
        log(level, logger) { $0.raw(data) }
    }

    /// A log message whose data is a text.
    package func log(level: LogLevel, logger: String? = nil, text: String) -> [UInt8] {
        log(level, logger) { $0.string(text) }
    }

    /// A request of the server's own is not to be answered any more.
    package func cancelled(id: String, _ why: String) -> [UInt8] {
        notification("notifications/cancelled") { writer in
            writer.key("requestId")
            writer.string(id)
            writer.key("reason")
            writer.string(why)
        }
    }

    private func log(_ level: LogLevel, _ logger: String?, data: (inout JSONWriter) -> Void) -> [UInt8] {
        notification("notifications/message") { writer in
            writer.key("level")
            writer.string(level.name)
            writer.member("logger", logger)
            writer.key("data")
            data(&writer)
        }
    }

    func notification(_ method: StaticString, params: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reserving: 192)
        writer.fragment("{\"jsonrpc\":\"2.0\",\"method\":")
        writer.string(method)
        writer.fragment("\"params\":{")
        params(&writer)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}
