/// Who may ask an HTTP server, as the configuration says it. Times in nanoseconds.
package struct AccessConfiguration: Sendable {
    /// A bearer token that opens everything; empty: none.
    package var token = ""
    /// Issuer of tokens; empty: none are accepted but the one above.
    package var issuer = ""
    /// Where its public keys are: a file, or an https URL.
    package var keys = ""
    /// PEM file of the authorities that the keys' server is trusted by; empty: the system's.
    package var keysAuthorities = ""
    /// The audience that tokens must name; empty: made from address and port.
    package var resource = ""
    /// Authorization servers for the metadata; empty: the issuer.
    package var servers: [String] = []
    package var algorithms: [String] = []
    package var scopes: [String] = []
    /// `pattern=scope scope`.
    package var tools: [String] = []
    /// `scope=scope scope`.
    package var implied: [String] = []
    package var operators: [String] = []
    package var leeway: Int64 = 30_000_000_000
    package var keysRefresh: Int64 = 900_000_000_000
    package var keysStale: Int64 = 86_400_000_000_000
    package var keysInterval: Int64 = 10_000_000_000

    package init() {}

    var isOn: Bool { !token.isEmpty || acceptsSigned }
    var acceptsSigned: Bool { !issuer.isEmpty }
}
