import JSON
import Testing

@testable import Server

/// What a token says, and whether it is for this server. Signatures are InteropTests' (test_auth.py), with tokens of another implementation.
@Suite struct TokenTests {
    private static func token(_ header: String, _ payload: String = "{}", signature: String = "AAAA") -> String {
        "\(encoded(header)).\(encoded(payload)).\(signature)"
    }

    private static func encoded(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var result = ""
        var group: UInt32 = 0
        var bits: UInt32 = 0
        for byte in text.utf8 {
            group = (group << 8 | UInt32(byte)) & 0xFFFF
            bits += 8
            while bits >= 6 {
                bits -= 6
                result.append(alphabet[Int(group >> bits & 63)])
            }
        }
        if bits > 0 { result.append(alphabet[Int(group << (6 - bits) & 63)]) }
        return result
    }

    private static func refusal(_ text: String, _ algorithms: Set<TokenAlgorithm> = Set(TokenAlgorithm.allCases)) -> String? {
        do throws(TokenRefusal) {
            _ = try SignedToken(text, algorithms: algorithms)
            return nil
        } catch {
            return error.text
        }
    }

    @Test func aTokenIsTakenApart() throws {
        let text = Self.token("{\"alg\":\"ES256\",\"kid\":\"k\",\"typ\":\"JWT\"}", "{\"iss\":\"i\",\"sub\":\"s\",\"exp\":1}")
        let token = try SignedToken(text, algorithms: [.es256])
        #expect(token.keyID == "k" && token.algorithm == .es256 && token.signature == [0, 0, 0])
        #expect(String(decoding: token.message, as: UTF8.self) == String(text.dropLast(5)))
        #expect(try token.claims().subject == "s")
    }

    @Test(arguments: ["none", "None", "HS256", "HS384", "HS512", "es256", "", "RS1"])
    func onlyAsymmetricAlgorithmsAreThere(_ name: String) {
        #expect(Self.refusal(Self.token("{\"alg\":\"\(name)\"}")) == "the algorithm of the token is not accepted")
    }

    @Test func anAlgorithmThatIsNotListedIsRefused() {
        let text = Self.token("{\"alg\":\"ES256\"}")
        #expect(Self.refusal(text, [.rs256]) == "the algorithm of the token is not accepted")
        #expect(Self.refusal(text, [.es256]) == nil)
    }

    @Test(arguments: [
        "", "a", "a.b", "a.b.c.d", "..", "=.=.=", "ey.ey.ey ", "e30.e30.A", "e30.e30.AB", "[].e30.AAAA",
    ])
    func whatIsNoTokenIsRefused(_ text: String) { #expect(Self.refusal(text) != nil) }

    @Test(arguments: [
        "{\"alg\":\"ES256\",\"alg\":\"RS256\"}", "{\"alg\":\"ES256\",\"crit\":[\"b64\"]}", "{\"alg\":\"ES256\",\"typ\":\"dpop+jwt\"}",
        "{\"alg\":\"ES256\",\"kid\":1}", "[\"ES256\"]", "{}",
    ])
    func anOddHeaderIsRefused(_ header: String) { #expect(Self.refusal(Self.token(header)) != nil) }

    private static func claims(_ text: String) throws(TokenRefusal) -> TokenClaims {
        guard let root = try? JSONDocument(Array(text.utf8)).root else { throw TokenRefusal("no JSON") }
        return try TokenClaims(root)
    }

    @Test func claimsAreRead() throws {
        let claims = try Self.claims(
            "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":[\"a\",\"b\"],\"exp\":12.5,\"nbf\":3,\"scope\":\"read  write\"}")
        #expect(
            claims == TokenClaims(issuer: "i", subject: "s", audience: ["a", "b"], expiry: 12.5, notBefore: 3, scopes: ["read", "write"]))
        let other = try Self.claims("{\"iss\":\"i\",\"sub\":\"s\",\"aud\":\"a\",\"exp\":1,\"scp\":[\"read\",\"write\"]}")
        #expect(other.audience == ["a"] && other.scopes == ["read", "write"])
    }

    @Test(arguments: [
        "{\"sub\":\"s\",\"exp\":1}", "{\"iss\":\"i\",\"exp\":1}", "{\"iss\":\"i\",\"sub\":\"\",\"exp\":1}", "{\"iss\":\"i\",\"sub\":\"s\"}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"exp\":\"1\"}", "{\"iss\":\"i\",\"sub\":\"s\",\"exp\":1,\"aud\":1}",
        "{\"iss\":\"i\",\"sub\":\"s\",\"exp\":1,\"nbf\":\"1\"}", "{\"iss\":\"i\",\"sub\":\"s\",\"exp\":1,\"scope\":[1]}",
    ])
    func oddClaimsAreRefused(_ text: String) { #expect(throws: TokenRefusal.self) { try Self.claims(text) } }

    @Test func rulesSayWhatIsWrong() throws {
        let rules = TokenRules(
            issuer: "https://as.example", resource: try #require(ResourceURI("https://h.example/mcp")), algorithms: [.es256], leeway: 30)
        func why(_ change: (inout TokenClaims) -> Void) -> String? {
            var claims = TokenClaims(issuer: "https://as.example", subject: "s", audience: ["https://h.example/mcp"], expiry: 1000)
            change(&claims)
            do throws(TokenRefusal) {
                try rules.check(claims, now: 900)
                return nil
            } catch {
                return error.text
            }
        }
        #expect(why { _ in } == nil)
        #expect(why { $0.issuer = "https://as.example/" } == "the token is from another issuer")
        #expect(why { $0.audience = [] } == "the token is not for this server")
        #expect(why { $0.audience = ["https://h.example", "https://h.example/mcp/x"] } == "the token is not for this server")
        #expect(why { $0.audience = ["x", "HTTPS://H.example:443/mcp/"] } == nil)
        #expect(why { $0.expiry = 871 } == nil)
        #expect(why { $0.expiry = 870 } == "the token has expired")
        #expect(why { $0.notBefore = 930 } == nil)
        #expect(why { $0.notBefore = 931 } == "the token is not valid yet")
    }

    @Test(arguments: [
        ("https://H.Example:443/mcp", "https://h.example/mcp"), ("HTTP://h:80/", "http://h"), ("http://h:8080/Mcp", "http://h:8080/Mcp"),
        ("https://[::1]:443", "https://[::1]"),
    ])
    func resourcesHaveACanonicalForm(_ text: String, _ canonical: String) { #expect(ResourceURI(text)?.description == canonical) }

    @Test(arguments: [
        "", "h.example", "ftp://h/x", "https://", "https://a@h/", "https://h/x?y", "https://h/x#y", "https://h/ x", "https://h/\"x",
    ])
    func whatIsNoResourceIsNone(_ text: String) { #expect(ResourceURI(text) == nil) }

    @Test func metadataIsBeforeThePath() {
        #expect(
            ResourceURI("https://h.example/a/mcp")?.metadata == "https://h.example/.well-known/oauth-protected-resource/a/mcp")
        #expect(ResourceURI("https://H.example:8443/a")?.authority == "h.example:8443")
        #expect(ResourceURI("https://h.example")?.metadata == "https://h.example/.well-known/oauth-protected-resource")
    }

    @Test func digestsTellTokensApart() {
        #expect(TokenDigest("a").isSame(TokenDigest("a")))
        #expect(!TokenDigest("a").isSame(TokenDigest("b")) && !TokenDigest("a").isSame(TokenDigest("")))
    }

    @Test(arguments: [("", []), ("AA", [0]), ("AAA", [0, 0]), ("_-8", [255, 239]), ("AAAA", [0, 0, 0])] as [(String, [UInt8])])
    func base64OfURLsIsDecoded(_ text: String, _ bytes: [UInt8]) { #expect(Base64URL.decoded(text.utf8) == bytes) }

    @Test(arguments: ["A", "AB", "AA=", "AA==", "A A", "+/8", "AAAAA"])
    func whatIsNoBase64IsRefused(_ text: String) { #expect(Base64URL.decoded(text.utf8) == nil) }

    @Test func whatATokenMayBeMadeOf() {
        #expect(ResourceServer.isToken("abc-._~+/09==") && ResourceServer.isToken("a"))
        for text in ["", "=", "a b", "a=b", "\"a\"", "é", "a\n"] { #expect(!ResourceServer.isToken(text), "\(text)") }
    }
}
