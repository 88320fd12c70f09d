import Transport

/// `WWW-Authenticate` of RFC 6750 and RFC 9728. Pure.
struct Challenge: Sendable {
    enum Fault: String, Sendable {
        case invalidRequest = "invalid_request"
        case invalidToken = "invalid_token"
        case insufficientScope = "insufficient_scope"
    }

    /// URL of the metadata; nil where there is no authorization server.
    let metadata: String?

    /// - Parameters:
    ///   - fault: nil where no token was presented.
    ///   - scopes: all that are needed.
    func header(_ fault: Fault?, scopes: [String], description: String) -> ResponseHeader {
        var parameters: [String] = []
        if let fault { parameters.append("error=\"\(fault.rawValue)\"") }
        if !scopes.isEmpty { parameters.append("scope=\"\(scopes.joined(separator: " "))\"") }
        if let metadata { parameters.append("resource_metadata=\"\(metadata)\"") }
        if fault != nil { parameters.append("error_description=\"\(Self.quoted(description))\"") }
        if parameters.isEmpty { parameters.append("realm=\"ambit\"") }
        return ResponseHeader("WWW-Authenticate", "Bearer " + parameters.joined(separator: ", "))
    }

    func refusal(_ status: Int, _ fault: Fault?, scopes: [String], _ description: String) -> AccessRefusal {
        AccessRefusal(status: status, message: description, headers: [header(fault, scopes: scopes, description: description)])
    }

    /// RFC 6750 section 3 knows neither quotes nor backslashes nor anything beyond ASCII there.
    private static func quoted(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
