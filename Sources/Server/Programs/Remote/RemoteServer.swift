import JSON
import Transport

/// A server that the command line reaches by HTTP, on this machine or another.
package struct RemoteServer: Sendable, Equatable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let isSecure: Bool
    package let host: String
    package let port: Int
    /// PEM file of the authorities that it is trusted by; nil: the system's.
    package var authorities: String?
    /// A file with the bearer token.
    package var tokenFile: String?
    /// What is sent as bearer token; nil: nothing.
    package var token: String?

    /// `http://host:port` or `https://host:port`, with or without a path, which is ignored.
    package init?(url: String) {
        let lower = url.lowercased()
        guard let scheme = ["https://", "http://"].first(where: { lower.hasPrefix($0) }) else { return nil }
        isSecure = scheme == "https://"
        let standard = isSecure ? 443 : 80
        let authority = url.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            let tail = authority[authority.index(after: end)...]
            guard tail.isEmpty || tail.first == ":" else { return nil }
            guard let port = tail.isEmpty ? standard : Int(tail.dropFirst()), 1...65535 ~= port else { return nil }
            self.port = port
        } else {
            let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
            guard let name = parts.first, !name.isEmpty, parts.count <= 2 else { return nil }
            host = String(name)
            guard let port = parts.count == 2 ? Int(parts[1]) : standard, 1...65535 ~= port else { return nil }
            self.port = port
        }
    }

    /// As in a Host header.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Header lines of every request.
    var head: String { "Host: \(authority)\r\n" + (token.map { "Authorization: Bearer \($0)\r\n" } ?? "") }

    /// With the token of its file, and only where nobody between here and there can read it.
    func prepared() throws(Failure) -> RemoteServer {
        var server = self
        if let tokenFile {
            do throws(KeyFile.Failure) {
                let text = String(decoding: try KeyFile.read(tokenFile), as: UTF8.self)
                server.token = String(text.prefix { !$0.isNewline })
            } catch {
                throw Failure(description: "the token can't be read: \(error.text)")
            }
        }
        guard let token = server.token else { return server }
        guard ResourceServer.isToken(token) else {
            throw Failure(description: "\(tokenFile ?? "AMBIT_TOKEN") has no bearer token: expected letters, digits and -._~+/")
        }
        guard isSecure || DocumentURL.isLoopback(host) else {
            throw Failure(description: "the token would go to \(authority) for everybody to read; name the server with https://")
        }
        return server
    }

    // MARK: - What is wrong

    /// What answers does not speak HTTP here.
    func notHTTP(_ bytes: some Sequence<UInt8>) -> Failure {
        // An alert of TLS.
        if !isSecure, bytes.prefix(2).elementsEqual([0x15, 0x03]) { return speaksTLS }
        return Failure(description: "what answers at \(authority) is not an HTTP server")
    }

    /// The connection has ended.
    func closed(_ why: String? = nil, unheard: Bool) -> Failure {
        let text = "the server at \(authority) closed the connection\(unheard ? " without an answer" : "")\(why.map { ": \($0)" } ?? "")"
        return Failure(description: unheard && !isSecure ? text + "; where it speaks TLS, write https://" : text)
    }

    private var speaksTLS: Failure { Failure(description: "the server at \(authority) speaks TLS: write https://\(authority)") }

    /// It has answered with an error of HTTP.
    func refusal(_ status: Int, _ body: [UInt8]) -> Failure {
        let message = (try? JSONDocument(body).root)?["error"]?["message"]?.string
        let text = message ?? String(decoding: body.prefix(200), as: UTF8.self).filter { !$0.isNewline }
        let said = text.isEmpty ? "" : ": \(text)"
        switch status {
        case 401 where token == nil:
            return Failure(description: "the server at \(authority) wants a token: set AMBIT_TOKEN, or give --token-file FILE")
        case 401: return Failure(description: "the server at \(authority) does not take the token\(said)")
        case 403 where token != nil: return Failure(description: "the server at \(authority) does not allow that with this token\(said)")
        case 403: return Failure(description: "the server at \(authority) does not allow that\(said)")
        default: return Failure(description: "the server at \(authority) answered \(status)\(said)")
        }
    }
}
