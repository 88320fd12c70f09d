import JSON

/// Steps 9 to 13 of the ladder for a request that claims to be modern.
struct ModernAdmission {
    let inbound: Inbound
    /// Nil on stdio, where `_meta` says everything.
    let facts: HTTPFacts?
    let capabilities: ServerCapabilities

    func decide() -> Admission {
        do {
            return .modern(try context())
        } catch {
            return .reject(Rejection(error, id: inbound.id, era: .modern))
        }
    }

    private func context() throws(ProtocolError) -> RequestContext {
        // 9: the envelope is whole.
        guard let meta = inbound.meta else { throw .invalidEnvelope("missing _meta field \(MetaKey.protocolVersion)") }
        if let facts, let known = facts.known(meta) {
            try checkRequest()
            return known
        }
        guard let versionValue = meta[MetaKey.protocolVersion] else {
            throw .invalidEnvelope("missing _meta field \(MetaKey.protocolVersion)")
        }
        guard let version = versionValue.string else {
            throw .invalidEnvelope("_meta field \(MetaKey.protocolVersion) must be a string")
        }
        guard let clientCapabilities = meta[MetaKey.clientCapabilities] else {
            throw .invalidEnvelope("missing _meta field \(MetaKey.clientCapabilities)")
        }
        guard clientCapabilities.kind == .object else {
            throw .invalidEnvelope("_meta field \(MetaKey.clientCapabilities) must be an object")
        }
        // 10 before 11: a header that says something else is a mismatch even where the version is unknown too.
        if let facts { try checkVersion(facts, version) }
        guard ProtocolVersion(rawValue: version).isModern else { throw .unsupportedVersion(requested: version) }
        try checkRequest()
        let context = RequestContext(
            version: ProtocolVersion(rawValue: version),
            client: ClientDescription(info: try clientInfo(meta), capabilities: clientCapabilities),
            logLevel: try logLevel(meta), progressToken: try Self.progressToken(meta), trace: TraceContext(meta))
        facts?.remember(meta, context)
        return context
    }

    /// What is to be checked of each request, whatever was said before in the same words.
    private func checkRequest() throws(ProtocolError) {
        if let facts { try checkRouting(facts) }
        guard let method = inbound.known, capabilities.serves(method, .modern) else {
            throw .methodNotFound(inbound.method)
        }
    }

    private func checkVersion(_ facts: HTTPFacts, _ version: String) throws(ProtocolError) {
        guard let header = facts.version else {
            throw .headerMismatch("the MCP-Protocol-Version header is missing; the body says '\(version)'")
        }
        guard header == version else {
            throw .headerMismatch(
                "MCP-Protocol-Version header value '\(header)' does not match body value '\(version)'")
        }
    }

    /// 12: what routers read must be what the body says.
    private func checkRouting(_ facts: HTTPFacts) throws(ProtocolError) {
        let method = try Self.single(facts.method, "Mcp-Method")
        guard let method else { throw .headerMismatch("the Mcp-Method header is missing") }
        guard method == inbound.method || HeaderValue.trimmed(method) == inbound.method else {
            throw .headerMismatch("Mcp-Method header value '\(method)' does not match body value '\(inbound.method)'")
        }
        guard let (key, value) = mirrored else { return }
        let body = value?.string
        guard let header = try Self.single(facts.name, "Mcp-Name") else {
            // Where the body has no name either, it is the handler that misses it.
            guard let body else { return }
            throw .headerMismatch("the Mcp-Name header is missing; the body says '\(body)'")
        }
        // Nearly always: what stands in the body, with nothing to decode.
        if let body, header == body, HeaderValue.isLiteral(header) { return }
        guard let name = HeaderValue.decoded(header) else {
            throw .headerMismatch("Mcp-Name header value '\(header)' can't be decoded")
        }
        guard let body else {
            throw .headerMismatch("the Mcp-Name header says '\(ProtocolError.brief(name))', but params.\(key) is missing or no string")
        }
        guard name.utf8.elementsEqual(body.utf8) else {
            throw .headerMismatch(
                "Mcp-Name header value '\(ProtocolError.brief(name))' does not match body value '\(ProtocolError.brief(body))'")
        }
    }

    private static func single(_ values: [String], _ name: String) throws(ProtocolError) -> String? {
        guard values.count <= 1 else { throw .headerMismatch("the \(name) header is repeated") }
        return values.first
    }

    /// The parameter that `Mcp-Name` mirrors.
    private var mirrored: (key: StaticString, value: JSONValue?)? {
        switch inbound.known {
        case .toolsCall, .promptsGet: ("name", inbound.name)
        case .resourcesRead: ("uri", inbound.params?["uri"])
        case .tasksGet, .tasksUpdate, .tasksCancel: ("taskId", inbound.params?["taskId"])
        default: nil
        }
    }

    private func clientInfo(_ meta: JSONValue) throws(ProtocolError) -> JSONValue? {
        guard let info = meta[MetaKey.clientInfo] else { return nil }
        guard info.kind == .object else {
            throw .invalidEnvelope("_meta field \(MetaKey.clientInfo) must be an object")
        }
        return info
    }

    /// Without the key no log message is sent at all.
    private func logLevel(_ meta: JSONValue) throws(ProtocolError) -> LogLevel? {
        guard let value = meta[MetaKey.logLevel] else { return nil }
        guard let level = value.string.flatMap({ LogLevel(name: $0) }) else {
            let names = LogLevel.allCases.map(\.name).joined(separator: ", ")
            throw .invalidEnvelope("_meta field \(MetaKey.logLevel) must be one of \(names)")
        }
        return capabilities.logging ? level : nil
    }

    private static let longestToken = 1024

    static func progressToken(_ meta: JSONValue?) throws(ProtocolError) -> ProgressToken? {
        guard let value = meta?[MetaKey.progressToken] else { return nil }
        guard let token = ProgressToken(value) else {
            throw .invalidEnvelope("_meta field \(MetaKey.progressToken) must be a string or an integer")
        }
        // It goes out again with each step of progress.
        guard value.raw.count <= Self.longestToken else {
            throw .invalidEnvelope("_meta field \(MetaKey.progressToken) has more than \(longestToken) bytes")
        }
        return token
    }
}
