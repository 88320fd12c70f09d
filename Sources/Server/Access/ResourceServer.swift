import CLinux
import JSON
import MCP
import Scopes
import Transport

/// This server as a protected resource of OAuth 2.1 (DIGEST section 3): looks at the bearer token of every request, and says what is missing.
///
/// Tokens go no further than this: what comes out is an identity. Safe on any thread; never blocks.
final class ResourceServer: AccessControl {
    private struct Verified {
        let identity: Identity
        let generation: Int
    }

    /// Tokens whose signature need not be checked again. When there are more, all are forgotten.
    private static let mostVerified = 1024

    private let rules: AccessRules
    private let ring: KeyRing?
    private let challenge: Challenge
    private let ledger: Ledger
    private let requests: RequestLogger
    private let verified = Lock<[TokenDigest: Verified]>([:])
    /// Whoever has the one token is one principal.
    private let holder = Identity(principal: "token")

    /// Nil where everybody may ask. Blocks while it loads what checks signatures, if that is needed.
    static func make(_ configuration: AmbitConfiguration, scope: Scope, log: ServerLog, requests: RequestLogger) throws(StartError)
        -> ResourceServer?
    {
        guard configuration.access.isOn else { return nil }
        var problems: [SettingProblem] = []
        guard let rules = AccessRules(configuration, problem: { problems.append($0) }) else {
            throw StartError(problems.map(\.description).joined(separator: "; "))
        }
        var ring: KeyRing?
        if let signed = rules.signed {
            let access = configuration.access
            let limits = KeyRingState.Limits(refresh: access.keysRefresh, stale: access.keysStale, interval: access.keysInterval)
            ring = try KeyRing(
                signed.keys, try Signatures.load(), limits: limits,
                authorities: access.keysAuthorities.isEmpty ? nil : access.keysAuthorities, scope: scope, log: log)
            // Before the first request asks for them.
            ring?.reload { _ in }
        }
        return ResourceServer(rules, ring, scope.runtime.ledger, requests)
    }

    private init(_ rules: AccessRules, _ ring: KeyRing?, _ ledger: Ledger, _ requests: RequestLogger) {
        self.rules = rules
        self.ring = ring
        self.ledger = ledger
        self.requests = requests
        challenge = Challenge(metadata: rules.signed?.rules.resource.metadata)
    }

    /// Reads the keys again. - Parameter done: what went wrong; nil: nothing.
    func reloadKeys(_ done: @escaping @Sendable (String?) -> Void) {
        guard let ring else { return done(nil) }
        ring.reload(done)
    }

    // MARK: - Who asks

    func judge(_ request: AccessRequest, decided: @escaping @Sendable (AccessVerdict) -> Void) -> AccessVerdict? {
        // Open to everybody: whether it runs, and how to get a token.
        if request.path == "/health" || request.path.hasPrefix("/.well-known/") { return .admitted(nil) }
        let scopes = rules.scopes
        guard request.authorization.count <= 1 else {
            return refused(challenge.refusal(400, .invalidRequest, scopes: scopes.required, "there is more than one Authorization header"))
        }
        let parts = (request.authorization.first ?? "").split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let scheme = parts.first, scheme.lowercased() == "bearer" else {
            return refused(challenge.refusal(401, nil, scopes: scopes.required, "a bearer token is needed"))
        }
        let token = String((parts.count > 1 ? parts[1] : "").trimmingPrefix { $0 == " " })
        guard Self.isToken(token) else {
            return refused(challenge.refusal(400, .invalidRequest, scopes: scopes.required, "what follows Bearer is no token"))
        }
        let digest = TokenDigest(token)
        if let own = rules.token, own.isSame(digest) { return .admitted(holder) }
        guard let signed = rules.signed, let ring else { return invalid(TokenRefusal("the token is not the one of this server")) }
        if let generation = ring.usableGeneration(), let identity = known(digest, generation) { return admit(identity, request.path) }
        do throws(TokenRefusal) {
            let parsed = try SignedToken(token, algorithms: signed.rules.algorithms)
            let path = request.path
            let found = ring.find(parsed) { found in
                decided(self.verify(parsed, digest, found, signed, path))
            }
            return found.map { verify(parsed, digest, $0, signed, path) }
        } catch {
            return invalid(error)
        }
    }

    private func verify(
        _ token: SignedToken, _ digest: TokenDigest, _ found: KeyRing.Found, _ signed: AccessRules.Signed, _ path: String
    ) -> AccessVerdict {
        // Before the keys are used: those that come meanwhile make this verdict an old one.
        let generation = ring?.generation ?? 0
        let keys: [TokenKey]
        switch found {
        case .keys(let candidates): keys = candidates
        case .unknown: return invalid(TokenRefusal("the token is signed with a key that its issuer does not name"))
        case .unavailable:
            ledger.count("auth.unavailable")
            return .refused(
                AccessRefusal(
                    status: 503, message: "tokens can't be checked now: the keys of their issuer can't be had; try again",
                    headers: [ResponseHeader("Retry-After", "10")]))
        }
        do throws(TokenRefusal) {
            guard keys.contains(where: { $0.key.accepts(token.signature, of: token.message, algorithm: token.algorithm.rawValue) }) else {
                throw TokenRefusal("the signature of the token is not valid")
            }
            let claims = try token.claims()
            try signed.rules.check(claims, now: Double(ambit_linux_epoch_now()) / 1e9)
            let end = (claims.expiry + signed.rules.leeway) * 1e9
            let identity = Identity(
                principal: "\(claims.issuer) \(claims.subject)", scopes: rules.scopes.granted(claims.scopes),
                expiry: end < 9e18 ? Int64(end) : nil)
            verified.withLock { verified in
                if verified.count >= Self.mostVerified { verified.removeAll() }
                verified[digest] = Verified(identity: identity, generation: generation)
            }
            return admit(identity, path)
        } catch {
            return invalid(error)
        }
    }

    private func known(_ digest: TokenDigest, _ generation: Int) -> Identity? {
        guard let found = verified.withLock({ $0[digest] }), found.generation == generation else { return nil }
        // An expired one is looked at as if it were new, and refused with the reason.
        if let expiry = found.identity.expiry, expiry <= ambit_linux_epoch_now() { return nil }
        return found.identity
    }

    private func admit(_ identity: Identity, _ path: String) -> AccessVerdict {
        let scopes = rules.scopes
        guard identity.has(scopes.required) else {
            return insufficient(scopes.required, "this server needs a token with the scope \(scopes.required.joined(separator: " "))")
        }
        guard path == "/metrics" || path.hasPrefix("/debug/") else { return .admitted(identity) }
        guard !scopes.operators.isEmpty, identity.has(scopes.operators) else {
            let text = scopes.operators.isEmpty ? "auth-operator-scopes opens this page, and is empty" : "this page is for operators"
            return insufficient(scopes.required + scopes.operators, text)
        }
        return .admitted(identity)
    }

    /// Why this client may not call a tool; nil: it may. The answer is one of HTTP, as nothing has been sent yet.
    func refusal(tool: String, to peer: Peer) -> AccessRefusal? {
        guard let identity = peer.identity else { return nil }
        let needed = rules.scopes.needed(tool: tool)
        guard !identity.has(needed) else { return nil }
        ledger.count("auth.insufficientScope")
        let text = "\(tool) needs a token with the scope \(needed.joined(separator: " "))"
        requests.refused(403, text) { [("from", peer.address), ("tool", tool), ("principal", identity.principal)] }
        return challenge.refusal(403, .insufficientScope, scopes: needed, text)
    }

    /// See `ScopeRules`.
    func unmatched(_ tools: [String]) -> [String] { rules.scopes.unmatched(tools) }

    private func insufficient(_ scopes: [String], _ text: String) -> AccessVerdict {
        ledger.count("auth.insufficientScope")
        return .refused(challenge.refusal(403, .insufficientScope, scopes: scopes, text))
    }

    private func invalid(_ refusal: TokenRefusal) -> AccessVerdict {
        self.refused(challenge.refusal(401, .invalidToken, scopes: rules.scopes.required, refusal.text))
    }

    private func refused(_ refusal: AccessRefusal) -> AccessVerdict {
        ledger.count("auth.refused")
        return .refused(refusal)
    }

    /// `b64token` of RFC 6750 section 2.1.
    static func isToken(_ text: String) -> Bool {
        let body = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }
        return !body.isEmpty
            && body.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._~+/".utf8.contains(byte)
                }
            }
    }

    // MARK: - Metadata (RFC 9728)

    /// Where a client finds out how to get a token; nil: there is no such page.
    func metadata(path: String) -> Page? {
        guard let signed = rules.signed else { return nil }
        let resource = signed.rules.resource
        guard path == ResourceURI.wellKnown || path == ResourceURI.wellKnown + resource.path else { return nil }
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        writer.key("resource")
        writer.string("\(resource)")
        writer.key("authorization_servers")
        Self.write(signed.servers, &writer)
        if !rules.scopes.required.isEmpty {
            writer.key("scopes_supported")
            Self.write(rules.scopes.required, &writer)
        }
        writer.key("bearer_methods_supported")
        Self.write(["header"], &writer)
        writer.key("resource_name")
        writer.string("Ambit" as StaticString)
        writer.endObject()
        return Page(status: 200, contentType: "application/json", body: writer.bytes)
    }

    private static func write(_ texts: [String], _ writer: inout JSONWriter) {
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
    }
}
