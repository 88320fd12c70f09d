import Testing

@testable import Server

@Suite struct ListeningRulesTests {
    private func problems(_ change: (inout AmbitConfiguration) -> Void) -> [String] {
        var configuration = AmbitConfiguration()
        change(&configuration)
        return ListeningRules.problems(configuration).map(\.description)
    }

    @Test(arguments: ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
    func thisMachineNeedsNothing(_ host: String) { #expect(problems { $0.host = host } == []) }

    @Test(arguments: ["0.0.0.0", "::", "192.168.1.5", "tools.example", "127.example.com", "127.0.0.1.example"])
    func beyondItBothAreNeeded(_ host: String) {
        #expect(problems { $0.host = host }.count == 1)
        #expect(problems { $0.host = host }.first?.contains("TLS") == true)
        #expect(problems { ($0.host, $0.insecureBind) = (host, true) } == [])
        let token = problems { ($0.host, $0.access.token) = (host, "0123456789abcdef") }
        #expect(token.count == 1 && token[0].contains("--tls-certificate") && !token[0].contains("--auth-token"))
        #expect(
            problems {
                ($0.host, $0.access.token) = (host, "0123456789abcdef")
                ($0.tls.chain, $0.tls.key) = ("/c", "/k")
            } == [])
    }

    private func signed(_ change: (inout AmbitConfiguration) -> Void = { _ in }) -> [String] {
        problems { configuration in
            (configuration.access.issuer, configuration.access.keys) = ("https://as.example", "https://as.example/keys")
            change(&configuration)
        }
    }

    @Test func tokensAreForTheAddressUnlessSaidOtherwise() {
        var configuration = AmbitConfiguration()
        (configuration.access.issuer, configuration.access.keys) = ("https://as.example", "/keys")
        #expect(AccessRules(configuration) { _ in }?.signed?.rules.resource.description == "http://127.0.0.1:7777/mcp")
        configuration.host = "::1"
        configuration.tls.chain = "/c"
        #expect(AccessRules(configuration) { _ in }?.signed?.rules.resource.description == "https://[::1]:7777/mcp")
        #expect(signed { $0.port = 0 }.first?.contains("auth-resource") == true)
        #expect(signed { ($0.port, $0.access.resource) = (0, "https://h/mcp") } == [])
    }

    @Test func mistakesAreNamed() {
        #expect(signed() == [])
        #expect(signed { $0.access.keys = "http://127.0.0.1:1/keys" } == [])
        for keys in ["", "http://as.example/keys", "ftp://x/y", "https://"] {
            #expect(signed { $0.access.keys = keys }.count == 1, "\(keys)")
        }
        #expect(signed { $0.access.algorithms = ["ES256", "HS256", "none"] }.count == 2)
        #expect(signed { $0.access.resource = "tools.example" }.count == 1)
        #expect(signed { $0.access.scopes = ["a\"b"] }.count == 1)
        #expect(signed { $0.access.tools = ["x", "=y", "x=a\\b", "x=a b"] }.count == 3)
        #expect(problems { $0.access.keys = "/keys" }.count == 1)
        #expect(
            problems { $0.access.operators = ["ops"] } == [
                "'auth-operator-scopes' needs 'auth-issuer': only tokens of an issuer have scopes"
            ])
        let ignored = problems {
            ($0.access.token, $0.access.scopes, $0.access.tools, $0.access.implied) = ("0123456789abcdef", ["a"], ["x=b"], ["c=a"])
            ($0.access.servers, $0.access.algorithms, $0.access.keysAuthorities) = (["https://as.example"], ["ES256"], "/ca")
        }
        #expect(ignored.count == 6 && ignored.allSatisfy { $0.contains("needs 'auth-issuer'") })
        #expect(problems { $0.tls.chain = "/c" }.count == 1)
        #expect(problems { $0.tls.key = "/k" }.count == 1)
    }
}
