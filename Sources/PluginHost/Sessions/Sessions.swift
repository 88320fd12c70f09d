internal import CLinux
package import Scopes

/// All sessions of a server: found by the id that their client knows, bounded in number, ended by their idle deadline.
package final class Sessions: Sendable {
    /// How long a minted handle lives without use, nanoseconds: 4 h.
    package static let handleIdle: Int64 = 4 * 3600 * 1_000_000_000

    package let limits: SessionLimits
    private let scope: Scope
    let principals = Principals()

    private struct State: Sendable {
        var byID: [String: HostSession] = [:]
        var places: SessionPlaces
        var lastKey: UInt64 = 0
        var endedHandles = EndedHandles()
    }
    private let state: Lock<State>

    package init(scope: Scope, limits: SessionLimits = SessionLimits()) {
        self.scope = scope
        self.limits = limits
        state = Lock(State(places: SessionPlaces(limits)))
    }

    /// Sessions that are open now.
    package var count: Int { state.withLock { $0.byID.count } }

    /// Whether this is the key of a live legacy session or stdio connection. Walks them all.
    func hasProtocol(key: UInt64) -> Bool {
        state.withLock { state in state.byID.values.contains { $0.key == key && $0.kind == .protocol } }
    }

    /// - Parameters:
    ///   - idle: nanoseconds without activity after which it ends; 0: never.
    ///   - principal: whose it is; nobody else finds it.
    ///   - minter: for whom a handle is minted; it ends with that generation.
    package func open(
        kind: HostSession.Kind, idle: Int64, principal: String, for minter: PluginInstance? = nil
    ) throws(SessionRefused) -> HostSession {
        let place = SessionPlace(principal: principal, plugin: minter?.name)
        let taken = state.withLock { state -> Result<UInt64, OverQuota> in
            if let over = state.places.take(place) { return .failure(over) }
            state.lastKey += 1
            return .success(state.lastKey)
        }
        let key: UInt64
        switch taken {
        case .success(let next): key = next
        case .failure(let over): throw SessionRefused(kind: .tooMany(over), text: over.description)
        }
        do throws(SessionRefused) {
            return try open(key, kind, idle, place, minter?.number)
        } catch {
            state.withLock { $0.places.giveBack(place) }
            throw error
        }
    }

    private func open(
        _ key: UInt64, _ kind: HostSession.Kind, _ idle: Int64, _ place: SessionPlace, _ minter: UInt32?
    ) throws(SessionRefused) -> HostSession {
        let id = try Self.makeID(prefix: kind == .handle ? "h_" : "")
        do throws(AcquireError) {
            // The id is a secret; dumps show as much as tells two apart.
            let name = "\(id.prefix(kind == .handle ? 6 : 4))…"
            let opened = try scope.open(
                .session, name, accounts: [principals.account(of: place.principal), QuotaAccount("session \(name)", .session)])
            let session = HostSession(
                key: key, id: id, kind: kind, scope: opened, place: place, idle: max(0, idle),
                minter: minter)
            state.withLock { $0.byID[id] = session }
            do throws(AcquireError) {
                try opened.add(SessionRegistration(session, self))
            } catch {
                state.withLock { _ = $0.byID.removeValue(forKey: id) }
                throw error
            }
            session.startTimer()
            return session
        } catch {
            throw SessionRefused(kind: .closed, text: error.description)
        }
    }

    /// The live session with this id, if it is this principal's.
    package func find(id: String, principal: String) -> HostSession? {
        guard let session = state.withLock({ $0.byID[id] }), session.principal == principal else { return nil }
        return session
    }

    /// A generation of a plugin has ended: so do the handles that were minted for it, and who still has one is told why.
    func generationEnded(_ instance: PluginInstance) {
        let sessions = state.withLock { state -> [HostSession] in
            let sessions = state.byID.values.filter { $0.minter == instance.number }
            for session in sessions { state.endedHandles.append(session.id, principal: session.principal, plugin: instance.name) }
            return sessions
        }
        for session in sessions {
            session.close(Reason(.unloaded, by: instance.name, text: "the plugin that it was begun for was restarted or disabled"))
        }
    }

    /// The plugin with whose generation the handle has ended; nil where it never was this principal's, or ended otherwise, or long ago.
    func plugin(ofEnded id: String, principal: String) -> String? {
        state.withLock { $0.endedHandles.plugin(of: id, principal: principal) }
    }

    /// Minted handles of one principal, in order of opening.
    package func handles(of principal: String) -> [HostSession] {
        let all = state.withLock { Array($0.byID.values) }
        return all.filter { $0.kind == .handle && $0.principal == principal }.sorted { $0.key < $1.key }
    }

    /// Its scope begins to close: nobody finds it any more.
    func withdraw(_ session: HostSession) {
        if Fault.isOn("delete-ends-session") { return }
        let removed = state.withLock { state -> Bool in
            guard state.byID.removeValue(forKey: session.id) != nil else { return false }
            state.places.giveBack(session.place)
            return true
        }
        if removed {
            session.end()
            scope.runtime.heap.schedule(scope.runtime)
        }
        if Fault.isOn("closed-session-retains-nothing") {
            let size = 64 << 10
            UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16).initializeMemory(as: UInt8.self, repeating: 1, count: size)
        }
    }

    /// 128 random bits in hexadecimal.
    private static func makeID(prefix: String) throws(SessionRefused) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        let code = bytes.withUnsafeMutableBytes { ambit_linux_random($0.baseAddress, $0.count) }
        guard code == 0 else { throw SessionRefused(kind: .failed, text: "the system gives no random bytes (error \(-code))") }
        let digits = Array("0123456789abcdef".utf8)
        var text = Array(prefix.utf8)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
