import CLinux
import JSON
import MCP

/// Tools of a server by HTTP: a client of the modern era that makes one request for each connection. Closing the connection cancels.
struct HTTPChannel: ToolChannel {
    let server: RemoteServer

    private static let version = ProtocolVersion.modern.first?.rawValue ?? ""
    private static let listing: Int64 = 20_000_000_000

    func tools() throws -> JSONValue {
        let outcome = try request("tools/list", name: nil, by: ambit_linux_now() + Self.listing, nil, params: { _ in }, event: { _ in })
        switch outcome {
        case .result(let result): return result
        case .failed(let why): throw RemoteServer.Failure(description: why)
        case .timedOut, .interrupted: throw RemoteServer.Failure(description: "the server did not answer in time")
        }
    }

    /// MCP lists tools, not plugins.
    func whyNone() -> String? { nil }

    func call(_ call: ToolRequest, _ interrupts: Interrupts, event: (JSONValue) -> Void) throws -> ToolOutcome {
        try request("tools/call", name: call.tool, by: call.deadline, interrupts, endSession: !call.keepsSession) { writer in
            writer.key("name")
            writer.string(call.tool)
            writer.key("arguments")
            writer.raw(call.arguments)
        } event: {
            event($0)
        }
    }

    private func request(
        _ method: String, name: String?, by deadline: Int64?, _ interrupts: Interrupts?, endSession: Bool = false,
        params: (inout JSONWriter) -> Void, event: (JSONValue) -> Void
    ) throws -> ToolOutcome {
        let connection = try RemoteConnection(server)
        try connection.send(head(method, name, body: body(method, endSession, params)))
        var answer = HTTPAnswer(from: server)
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var isUnheard = true
        while true {
            switch ControlClient.wait(for: connection.descriptor, by: deadline, interrupts) {
            case .timedOut: return .timedOut
            case .interrupted: return .interrupted
            case .readable: break
            }
            let piece = try connection.receive(&buffer, unheard: isUnheard)
            isUnheard = false
            for message in try answer.feed(piece) {
                if message["method"] != nil {
                    event(message)
                } else if let result = message["result"] {
                    return .result(result)
                } else {
                    return .refused(message["error"]?["code"]?.int64, message["error"]?["message"]?.string)
                }
            }
            guard !piece.isEmpty else { throw server.closed(unheard: true) }
        }
    }

    private func head(_ method: String, _ name: String?, body: [UInt8]) -> [UInt8] {
        var head = "POST /mcp HTTP/1.0\r\n\(server.head)Content-Type: application/json\r\n"
        head += "Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: \(Self.version)\r\nMcp-Method: \(method)\r\n"
        if let name { head += "Mcp-Name: \(name)\r\n" }
        return Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body
    }

    private func body(_ method: String, _ endSession: Bool, _ params: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0" as StaticString)
        writer.key("id")
        writer.int(1)
        writer.key("method")
        writer.string(method)
        writer.key("params")
        writer.beginObject()
        params(&writer)
        writer.key("_meta")
        writer.beginObject()
        writer.key("io.modelcontextprotocol/protocolVersion")
        writer.string(Self.version)
        writer.key("io.modelcontextprotocol/clientCapabilities")
        writer.beginObject()
        writer.endObject()
        writer.key("io.modelcontextprotocol/logLevel")
        writer.string("debug" as StaticString)
        writer.key("progressToken")
        writer.int(1)
        if endSession {
            writer.key(OwnMeta.endSession)
            writer.bool(true)
        }
        writer.endObject()
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}
