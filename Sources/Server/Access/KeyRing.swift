import MCP
import Scopes
import Transport

/// The public keys of the authorization server: from a file or by HTTPS, kept, and fetched again when they are old or a token names one that
/// is not there. Safe on any thread.
final class KeyRing: Sendable {
    enum Source: Sendable, Equatable {
        case file(String)
        case url(DocumentURL)
    }

    enum Found: Sendable {
        /// Those that the token may be signed with.
        case keys([TokenKey])
        case unknown
        case unavailable
    }

    private struct State {
        var keys: [TokenKey] = []
        var ring: KeyRingState
        /// Counts the sets that were read.
        var generation = 0
        var waiters: [@Sendable () -> Void] = []
    }

    /// Requests that wait for keys at once.
    private static let mostWaiters = 1024

    private let source: Source
    private let signatures: Signatures
    private let runtime: Runtime
    private let log: ServerLog
    private let fetcher: DocumentFetcher?
    private let state: Lock<State>

    /// - Parameter scope: fetches belong to it.
    init(
        _ source: Source, _ signatures: Signatures, limits: KeyRingState.Limits, authorities: String?, scope: Scope, log: ServerLog
    ) throws(StartError) {
        self.source = source
        self.signatures = signatures
        self.log = log
        runtime = scope.runtime
        state = Lock(State(ring: KeyRingState(limits)))
        guard case .url(let url) = source else {
            fetcher = nil
            return
        }
        do {
            fetcher = try DocumentFetcher(scope: scope, isSecure: url.isSecure, authorities: authorities)
        } catch {
            throw StartError("keys of tokens can't be fetched: \(error)")
        }
    }

    /// Changes whenever keys were read: what was verified before must be verified again.
    var generation: Int { state.withLock { $0.generation } }

    /// The generation of the keys, where they may be used still: for tokens that were verified with them. They are fetched again when they are
    /// old, as for a token that is new. Nil: the token is to be looked at as if it were.
    func usableGeneration() -> Int? {
        let now = runtime.now
        let (generation, mustFetch) = state.withLock { state -> (Int?, Bool) in
            switch state.ring.look(isKnown: true, now: now) {
            case .use: (state.generation, false)
            case .useAndFetch: (state.generation, true)
            case .fetchAndWait: (nil, true)
            case .unknown, .unavailable, .wait: (nil, false)
            }
        }
        if mustFetch { fetch { _ in } }
        return generation
    }

    /// - Parameter later: called once, on any thread, where the answer is nil.
    func find(_ token: SignedToken, later: @escaping @Sendable (Found) -> Void) -> Found? {
        let now = runtime.now
        let (found, mustFetch) = state.withLock { state -> (Found?, Bool) in
            let keys = Self.candidates(state.keys, token)
            switch state.ring.look(isKnown: !keys.isEmpty, now: now) {
            case .use: return (.keys(keys), false)
            case .useAndFetch: return (.keys(keys), true)
            case .unknown: return (.unknown, false)
            case .unavailable: return (.unavailable, false)
            case .wait:
                guard state.waiters.count < Self.mostWaiters else { return (.unavailable, false) }
                state.waiters.append { later(self.settled(token)) }
                return (nil, false)
            case .fetchAndWait:
                state.waiters.append { later(self.settled(token)) }
                return (nil, true)
            }
        }
        if mustFetch { fetch { _ in } }
        return found
    }

    /// Reads them now. - Parameter done: what went wrong; nil: nothing.
    func reload(_ done: @escaping @Sendable (String?) -> Void) {
        guard state.withLock({ $0.ring.demand(now: runtime.now) }) else { return done(nil) }
        fetch(done)
    }

    private func settled(_ token: SignedToken) -> Found {
        let now = runtime.now
        return state.withLock { state in
            guard state.ring.isUsable(now) else { return .unavailable }
            let keys = Self.candidates(state.keys, token)
            return keys.isEmpty ? .unknown : .keys(keys)
        }
    }

    private static func candidates(_ keys: [TokenKey], _ token: SignedToken) -> [TokenKey] {
        keys.filter { $0.fits(token.algorithm) && (token.keyID == nil || $0.id == token.keyID) }
    }

    private func fetch(_ done: @escaping @Sendable (String?) -> Void) {
        switch source {
        case .file(let path):
            runtime.executor.post {
                do throws(KeyFile.Failure) {
                    self.fetched(.bytes(try KeyFile.read(path)), done)
                } catch {
                    self.fetched(.failure(error.text), done)
                }
            }
        case .url(let url):
            fetcher?.fetch(url) { outcome in
                self.runtime.executor.post {
                    switch outcome {
                    case .success(let bytes): self.fetched(.bytes(bytes), done)
                    case .failure(let failure): self.fetched(.failure("\(failure)"), done)
                    }
                }
            }
        }
    }

    private enum Outcome {
        case bytes([UInt8])
        case failure(String)
    }

    private func fetched(_ outcome: Outcome, _ done: @Sendable (String?) -> Void) {
        var keys: [TokenKey]?
        var problem: String?
        switch outcome {
        case .bytes(let bytes):
            keys = TokenKey.parse(bytes, signatures)
            if keys == nil { problem = "what was read is no key set with a key that checks signatures" }
        case .failure(let text): problem = text
        }
        let waiters = state.withLock { state in
            state.ring.fetched(keys != nil, now: runtime.now)
            if let keys {
                state.keys = keys
                state.generation += 1
            }
            defer { state.waiters = [] }
            return state.waiters
        }
        if let problem {
            runtime.ledger.count("auth.keysFailed")
            log.write(.warning, plugin: nil, "the keys that tokens are checked with can't be read", [("why", problem)])
        }
        for waiter in waiters { waiter() }
        done(problem)
    }
}
