import MCP

/// The headers that matter here, picked from their lines as they come.
///
/// A kept connection repeats most of its headers: what the request before it had is used again instead of made anew.
struct RequestHeaders {
    var host: [String] = []
    var origin: [String] = []
    var accept: [String] = []
    var authorization: [String] = []
    /// Of a browser that asks what a page may send (CORS): whether it does, and what.
    var isPreflight = false
    var preflightHeaders: [String] = []
    var contentType: String?
    var contentLength: Int?
    var isChunked = false
    var expectsContinue = false
    var connectionClose = false
    var connectionKeepAlive = false
    // What MCP gives a meaning.
    var protocolVersion: [String] = []
    var sessionID: String?
    var lastEventID: String?
    var mcpMethod: [String] = []
    var mcpName: [String] = []
    var parameters: [(name: String, value: String)] = []

    init() {}

    var facts: HTTPFacts {
        HTTPFacts(
            protocolVersion: protocolVersion, sessionID: sessionID, lastEventID: lastEventID, method: mcpMethod, name: mcpName,
            parameters: parameters)
    }

    /// Takes one field.
    ///
    /// - Parameters:
    ///   - name: a token.
    ///   - value: without white space around it.
    ///   - old: the headers of the request before.
    /// - Returns: why the request can't be read on, nil if it can.
    mutating func take(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, like old: borrowing RequestHeaders
    ) -> HTTPSyntaxError? {
        if name.count > 10, FieldBytes.hasPrefix(name, "mcp-param-") {
            parameters.append((String(decoding: name, as: UTF8.self).lowercased(), String(decoding: value, as: UTF8.self)))
            return nil
        }
        switch name.count {
        case 4 where FieldBytes.isEqual(name, "host"):
            guard host.isEmpty else { return .repeatedHost }
            Self.add(value, to: &host, like: old.host)
        case 6:
            if FieldBytes.isEqual(name, "accept") {
                Self.add(value, to: &accept, like: old.accept)
            } else if FieldBytes.isEqual(name, "origin") {
                Self.add(value, to: &origin, like: old.origin)
            } else if FieldBytes.isEqual(name, "expect") {
                expectsContinue = FieldBytes.isEqual(value, "100-continue")
            }
        case 8 where FieldBytes.isEqual(name, "mcp-name"): Self.add(value, to: &mcpName, like: old.mcpName)
        case 10:
            if FieldBytes.isEqual(name, "connection") {
                takeConnection(value)
            } else if FieldBytes.isEqual(name, "mcp-method") {
                Self.add(value, to: &mcpMethod, like: old.mcpMethod)
            }
        case 12 where FieldBytes.isEqual(name, "content-type"):
            contentType = Self.joined(contentType, Self.text(value, like: old.contentType))
        case 13:
            if FieldBytes.isEqual(name, "authorization") {
                Self.add(value, to: &authorization, like: old.authorization)
            } else if FieldBytes.isEqual(name, "last-event-id") {
                lastEventID = Self.joined(lastEventID, Self.text(value, like: old.lastEventID))
            }
        case 14:
            if FieldBytes.isEqual(name, "content-length") { return takeLength(value) }
            if FieldBytes.isEqual(name, "mcp-session-id") {
                sessionID = Self.joined(sessionID, Self.text(value, like: old.sessionID))
            }
        case 17 where FieldBytes.isEqual(name, "transfer-encoding"):
            guard !isChunked, FieldBytes.isEqual(value, "chunked") else { return .unsupportedTransferEncoding }
            isChunked = true
        case 20 where FieldBytes.isEqual(name, "mcp-protocol-version"):
            Self.add(value, to: &protocolVersion, like: old.protocolVersion)
        case 29 where FieldBytes.isEqual(name, "access-control-request-method"): isPreflight = true
        case 30 where FieldBytes.isEqual(name, "access-control-request-headers"):
            preflightHeaders.append(String(decoding: value, as: UTF8.self))
        default: break
        }
        return nil
    }

    /// Digits only, so that nobody reads another number: no sign, no list, no white space, and none that does not fit.
    private mutating func takeLength(_ value: UnsafeRawBufferPointer) -> HTTPSyntaxError? {
        guard contentLength == nil else { return .repeatedContentLength }
        guard 1...18 ~= value.count else { return .invalidContentLength }
        var length = 0
        for byte in value {
            guard 0x30...0x39 ~= byte else { return .invalidContentLength }
            length = length * 10 + Int(byte - 0x30)
        }
        contentLength = length
        return nil
    }

    private mutating func takeConnection(_ value: UnsafeRawBufferPointer) {
        for option in value.split(separator: UInt8(ascii: ",")) {
            let option = FieldBytes.trimmed(UnsafeRawBufferPointer(rebasing: option))
            if FieldBytes.isEqual(option, "close") { connectionClose = true }
            if FieldBytes.isEqual(option, "keep-alive") { connectionKeepAlive = true }
        }
    }

    /// A field that is repeated is a list (RFC 9110, 5.2), which is no media type and no session: nobody has to choose.
    private static func joined(_ first: String?, _ next: String) -> String { first.map { "\($0), \(next)" } ?? next }

    private static func add(_ value: UnsafeRawBufferPointer, to list: inout [String], like old: [String]) {
        if list.isEmpty, old.count == 1, FieldBytes.isSame(old[0], value) {
            list = old
        } else {
            list.append(String(decoding: value, as: UTF8.self))
        }
    }

    private static func text(_ value: UnsafeRawBufferPointer, like old: String?) -> String {
        if let old, FieldBytes.isSame(old, value) { return old }
        return String(decoding: value, as: UTF8.self)
    }
}
