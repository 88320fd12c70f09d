import CLinux
import Glibc
import JSON
import MCP

/// Tools of a server by HTTP: a client of the modern era that makes one request for each connection. Closing the connection cancels.
struct HTTPChannel: ToolChannel {
    let target: DebugClient.Target

    private static let version = ProtocolVersion.modern.first?.rawValue ?? ""
    private static let listing: Int64 = 20_000_000_000

    func tools() throws -> JSONValue {
        let outcome = try request("tools/list", name: nil, by: ambit_linux_now() + Self.listing, nil, params: { _ in }, event: { _ in })
        switch outcome {
        case .result(let result): return result
        case .failed(let why): throw DebugClient.Failure(description: why)
        case .timedOut, .interrupted: throw DebugClient.Failure(description: "the server did not answer in time")
        }
    }

    func call(
        _ tool: String, _ arguments: [UInt8], by deadline: Int64?, _ interrupts: Interrupts, event: (JSONValue) -> Void
    ) throws -> ToolOutcome {
        try request("tools/call", name: tool, by: deadline, interrupts) { writer in
            writer.key("name")
            writer.string(tool)
            writer.key("arguments")
            writer.raw(arguments)
        } event: {
            event($0)
        }
    }

    private func request(
        _ method: String, name: String?, by deadline: Int64?, _ interrupts: Interrupts?, params: (inout JSONWriter) -> Void,
        event: (JSONValue) -> Void
    ) throws -> ToolOutcome {
        let descriptor = try DebugClient.connect(target, seconds: 5)
        defer { close(descriptor) }
        try DebugClient.send(head(method, name, body: body(method, params)), over: descriptor, to: target)
        var answer = HTTPAnswer()
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            switch ControlClient.wait(for: descriptor, by: deadline, interrupts) {
            case .timedOut: return .timedOut
            case .interrupted: return .interrupted
            case .readable: break
            }
            let count = ambit_linux_read(descriptor, &buffer, buffer.count)
            guard count >= 0 else {
                throw DebugClient.Failure(description: "the connection to the server broke: \(ControlFolder.text(Int32(-count)))")
            }
            for message in try answer.feed(buffer[..<count]) {
                if message["method"] != nil {
                    event(message)
                } else if let result = message["result"] {
                    return .result(result)
                } else {
                    return .failed(message["error"]?["message"]?.string ?? "the server refused the request")
                }
            }
            guard count > 0 else { throw DebugClient.Failure(description: "the server closed the connection without an answer") }
        }
    }

    private func head(_ method: String, _ name: String?, body: [UInt8]) -> [UInt8] {
        var head = "POST /mcp HTTP/1.0\r\nHost: \(target.authority)\r\nContent-Type: application/json\r\n"
        head += "Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: \(Self.version)\r\nMcp-Method: \(method)\r\n"
        if let name { head += "Mcp-Name: \(name)\r\n" }
        return Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body
    }

    private func body(_ method: String, _ params: (inout JSONWriter) -> Void) -> [UInt8] {
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
        writer.endObject()
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }
}
