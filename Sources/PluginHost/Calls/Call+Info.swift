internal import CAmbit
internal import JSON
internal import MCP
internal import Scopes

extension Call {
    /// What the handler needs of its call. Texts live as long as the call.
    func info() throws(Refusal) -> ambit_call_info {
        let entry = try scopeEntry()
        let context = request.context
        var info = ambit_call_info()
        info.scope = entry.handle
        info.name = texts()[0]
        // The document's bytes stay where they are as long as the call holds the document.
        info.arguments = arguments.raw.withUnsafeBytes { ambit_text(borrowing: $0) }
        info.log_level = context.logLevel.map { Int32($0.rawValue) } ?? Int32(AMBIT_LOG_EMERGENCY) + 1
        info.kind = handler.kind.rawValue
        info.wants_progress = context.progressToken == nil ? 0 : 1
        return info
    }

    /// Who calls, from where, and until when. Texts live as long as the call.
    func contextInfo() -> ambit_context_info {
        let texts = texts()
        var info = ambit_context_info()
        info.era = request.context.era == .modern ? Int32(AMBIT_ERA_MODERN) : Int32(AMBIT_ERA_LEGACY)
        info.client_name = texts[1]
        info.client_version = texts[2]
        info.trace_parent = texts[3]
        info.trace_state = texts[4]
        info.protocol_version = texts[5]
        info.principal = texts[6]
        info.client_capabilities = texts[7]
        info.deadline_ns = deadline.end
        info.deadline_source =
            deadline.end == .max
            ? Int32(AMBIT_DEADLINE_NONE) : handler.limits.hasOwnTotal ? Int32(AMBIT_DEADLINE_TOOL) : Int32(AMBIT_DEADLINE_HOST)
        info.session = request.session?.key ?? 0
        info.progress_token = texts[8]
        return info
    }

    /// The request scope as the plugin sees it; named at the first question.
    func scopeEntry() throws(Refusal) -> ScopeEntry {
        if let entry = core.withLock({ $0.scopeEntry }) { return entry }
        let made = try ScopeEntry.mint(
            scope, for: plugin, isOwn: false, sessionKey: request.session?.key ?? 0, observing: false)
        // Two handlers' threads may ask at once, and the scope may close meanwhile.
        let (kept, isClosed) = core.withLock { core -> (ScopeEntry, Bool) in
            if let other = core.scopeEntry { return (other, false) }
            if core.isClosed { return (made, true) }
            core.scopeEntry = made
            return (made, false)
        }
        if isClosed || kept !== made { made.withdraw() }
        if isClosed { throw .stale("call") }
        return kept
    }

    /// Counts the call as activity of a session that it uses; false when the call is over.
    ///
    /// - Parameter minted: the call began it. It ends with a call that ends without an answer.
    func attach(_ session: HostSession, minted: Bool = false) -> Bool {
        // First attached, so that a scope that closes meanwhile finds something to detach.
        session.attach()
        let (added, isClosed) = core.withLock { core -> (Bool, Bool) in
            if core.isClosed || (minted && core.machine.hasOutcome) { return (false, true) }
            if minted { core.minted.append(session) }
            if core.sessions.contains(where: { $0 === session }) { return (false, false) }
            core.sessions.append(session)
            return (true, false)
        }
        if !added { session.detach() }
        return !isClosed
    }

    private func texts() -> TextArena {
        if let texts = core.withLock({ $0.texts }) { return texts }
        let client = request.context.client.info
        let made = TextArena([
            handler.name, client?["name"]?.string ?? "", client?["version"]?.string ?? "",
            request.context.trace?.traceparent ?? "", request.context.trace?.tracestate ?? "", request.context.version.rawValue,
            request.principal, request.context.client.capabilities.map { String(decoding: $0.compact, as: UTF8.self) } ?? "{}",
            request.context.progressToken?.json ?? "",
        ])
        return core.withLock { core in
            // The first one stays: its addresses are out already.
            if core.texts == nil { core.texts = made }
            return core.texts ?? made
        }
    }
}
