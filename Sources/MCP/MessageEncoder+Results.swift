import JSON

extension MessageEncoder {
    /// The answer to `initialize`; the encoder's version is the negotiated one.
    package func initializeResult(
        id: RequestID, capabilities: ServerCapabilities, instructions: String? = nil
    ) -> [UInt8] {
        result(id: id) { writer in
            writer.key("protocolVersion")
            writer.string(version.rawValue)
            writer.key("capabilities")
            capabilities.write(to: &writer, for: version)
            writer.key("serverInfo")
            server.write(to: &writer, for: version)
            writer.member("instructions", instructions)
        }
    }

    /// The answer to `server/discover`.
    package func discoverResult(
        id: RequestID, capabilities: ServerCapabilities, instructions: String? = nil, cache: CacheHint = .none
    ) -> [UInt8] {
        result(id: id) { writer in
            writer.key("supportedVersions")
            writer.beginArray()
            for version in ProtocolVersion.modern { writer.string(version.rawValue) }
            writer.endArray()
            writer.key("capabilities")
            capabilities.write(to: &writer, for: version)
            writer.member("instructions", instructions)
            cache.write(to: &writer)
        }
    }

    /// The answer to `tools/list`, in the order given.
    package func toolsList(
        id: RequestID, tools: [ToolDefinition], nextCursor: String? = nil, cache: CacheHint = .none
    ) -> [UInt8] {
        result(id: id, reserving: 256 + 512 * tools.count) { writer in
            writer.key("tools")
            writer.beginArray()
            for tool in tools { tool.write(to: &writer, for: version) }
            writer.endArray()
            writer.member("nextCursor", nextCursor)
            if version.era == .modern { cache.write(to: &writer) }
        }
    }

    /// The answer to `tools/call`.
    package func toolResult(id: RequestID, _ tool: CallResult) -> [UInt8] {
        result(id: id, meta: tool.meta) { writeMembers(of: tool, to: &$0) }
    }

    func writeMembers(of tool: CallResult, to writer: inout JSONWriter) {
        writer.key("content")
        writer.beginArray()
        for block in tool.content { block.write(to: &writer, for: version) }
        writer.endArray()
        if let structured = tool.structured, shows(structured: structured) {
            writer.key("structuredContent")
            writer.raw(structured)
        }
        if tool.isError {
            writer.key("isError")
            writer.bool(true)
        }
    }

    /// The answer to `ping` and to `logging/setLevel`: `{}` and nothing else in legacy.
    package func emptyResult(id: RequestID) -> [UInt8] { result(id: id) { _ in } }

    /// Structured content came with 2025-06-18, for objects only; from 2026-07-28 it is any value.
    private func shows(structured: JSONValue) -> Bool {
        version.era == .modern || (version >= .v2025_06_18 && structured.kind == .object)
    }
}
