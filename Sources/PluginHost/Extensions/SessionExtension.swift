internal import CAmbit
internal import Scopes

/// `ambit.session/1`.
enum SessionExtension {
    static var table: ambit_host_session {
        var table = ambit_host_session()
        table.find = { call, handle, out, error in
            crossing(error) { () throws(Refusal) in
                let call = try Call.find(call)
                let handle = try handle.string("handle")
                guard let session = try SessionExtension.find(call, handle) else {
                    throw Refusal(.notFound, "this call has no protocol session and gave no handle")
                }
                try Structs.write(try SessionExtension.info(session, call), to: out, "out")
            }
        }
        table.find_or_mint = { call, handle, idle, out, error in
            crossing(error) { () throws(Refusal) in
                let call = try Call.find(call)
                guard idle >= 0 else { throw .invalid("idle_ns is \(idle): it is 0 (4 hours) or nanoseconds") }
                // Checked before anything is minted: the plugin could not pass the handle on.
                guard out != nil else { throw .invalid("out is NULL") }
                let handle = try handle.string("handle")
                let session: HostSession
                if let found = try SessionExtension.find(call, handle) {
                    session = found
                } else {
                    session = try SessionExtension.mint(call, idle)
                }
                try Structs.write(try SessionExtension.info(session, call), to: out, "out")
            }
        }
        table.release = { call, handle, error in
            crossing(error) { () throws(Refusal) in
                let call = try Call.find(call)
                let handle = try handle.string("handle")
                guard !handle.isEmpty, let session = try SessionExtension.find(call, handle) else {
                    throw .invalid("only a minted handle can be released")
                }
                session.close(Reason(.completed, by: call.plugin.name, text: "its handle was released"))
            }
        }
        return table
    }

    /// Nil where there is neither a handle nor a protocol session. A call that uses a session keeps it from being idle.
    private static func find(_ call: Call, _ handle: String) throws(Refusal) -> HostSession? {
        guard !handle.isEmpty else {
            call.request.session?.touch()
            return call.request.session
        }
        let (sessions, principal) = (call.plugin.services.sessions, call.request.principal)
        let found = sessions.find(id: handle, principal: principal)
        guard let found, found.kind == .handle, call.attach(found) else {
            if let plugin = sessions.plugin(ofEnded: handle, principal: principal) {
                throw Refusal(
                    .notFound,
                    "the plugin '\(plugin)' was restarted after this handle was begun, and what it held has ended; begin a new one")
            }
            throw Refusal(
                .notFound, "there is no session with this handle: it has expired or was ended, or it is not this client's; begin a new one")
        }
        return found
    }

    private static func mint(_ call: Call, _ idle: Int64) throws(Refusal) -> HostSession {
        let session: HostSession
        do throws(SessionRefused) {
            session = try call.plugin.services.sessions.open(
                kind: call.request.endsSessions ? .call : .handle, idle: idle == 0 ? Sessions.handleIdle : idle,
                principal: call.request.principal, for: call.plugin)
        } catch {
            switch error.kind {
            case .tooMany(let over): throw Refusal(.overQuota, error.text, quota: over.quota)
            case .closed: throw Refusal(.closed, error.text)
            case .failed: throw Refusal(.failed, error.text)
            }
        }
        guard call.attach(session, minted: true) else {
            session.close(Reason(.cancelled, by: "session", text: "its call has ended"))
            throw Refusal(.closed, "the call has ended")
        }
        return session
    }

    private static func info(_ session: HostSession, _ call: Call) throws(Refusal) -> ambit_session_info {
        var info = ambit_session_info()
        info.kind = Int32(session.kind == .handle ? AMBIT_SESSION_HANDLE : AMBIT_SESSION_PROTOCOL)
        info.scope = try session.useEntry(for: call.plugin).handle
        info.key = session.key
        info.idle_ns = session.idle
        let capacity = MemoryLayout.size(ofValue: info.handle)
        withUnsafeMutableBytes(of: &info.handle) {
            CAmbitText.write(session.kind == .handle ? session.id : "", to: $0.baseAddress!, capacity: capacity)
        }
        return info
    }
}
