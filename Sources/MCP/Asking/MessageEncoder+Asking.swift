import JSON

extension MessageEncoder {
    /// The answer to a modern request that needs something first: it is over, and the client begins another with the answers.
    ///
    /// - Parameter state: comes back with the answers, unchanged; nil: nothing needs to.
    package func inputRequired(id: RequestID, _ requests: [InputRequest], state: String?) -> [UInt8] {
        result(id: id, type: "input_required", reserving: 512) { writer in
            if !requests.isEmpty {
                writer.key("inputRequests")
                write(requests, to: &writer)
            }
            writer.member("requestState", state)
        }
    }

    /// `inputRequests`: by key, each with method and params.
    func write(_ requests: [InputRequest], to writer: inout JSONWriter) {
        writer.beginObject()
        for request in requests {
            writer.key(escaping: request.key)
            writer.beginObject()
            writer.key("method")
            writer.string(request.kind.method)
            writer.key("params")
            request.writeParams(to: &writer, for: version, elicitationID: nil)
            writer.endObject()
        }
        writer.endObject()
    }

    /// A legacy request of the server's own.
    ///
    /// - Parameter id: unique in its session; also names the URL of an elicitation, where there is one.
    package func ask(id: String, _ request: InputRequest) -> [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.beginMessage()
        writer.key("id")
        writer.string(id)
        writer.key("method")
        writer.string(request.kind.method)
        writer.key("params")
        request.writeParams(to: &writer, for: version, elicitationID: id)
        writer.endObject()
        return writer.bytes
    }
}
