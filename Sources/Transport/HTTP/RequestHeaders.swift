import MCP
import NIOHTTP1

/// The headers that matter here, picked in one pass without lower-casing a name.
struct RequestHeaders {
    var host: [String] = []
    var origin: [String] = []
    var accept: [String] = []
    var authorization: [String] = []
    var contentType: String?
    var contentLength: Int?
    var expectsContinue = false
    var connectionClose = false
    var connectionKeepAlive = false
    var facts = HTTPFacts()

    init(_ headers: HTTPHeaders) {
        var version: [String] = []
        var session: String?
        var method: [String] = []
        var toolName: [String] = []
        var parameters: [(name: String, value: String)] = []
        for (name, value) in headers {
            switch name.utf8.count {
            case 4 where name.isHeader("host"): host.append(value)
            case 6:
                if name.isHeader("accept") {
                    accept.append(value)
                } else if name.isHeader("origin") {
                    origin.append(value)
                } else if name.isHeader("expect") {
                    expectsContinue = value.isHeader("100-continue")
                }
            case 8 where name.isHeader("mcp-name"): toolName.append(value)
            case 10:
                if name.isHeader("connection") {
                    if value.isHeader("keep-alive") {
                        connectionKeepAlive = true
                    } else {
                        for token in value.split(separator: ",") {
                            let token = String(token.trimmingBlanks)
                            if token.isHeader("close") { connectionClose = true }
                            if token.isHeader("keep-alive") { connectionKeepAlive = true }
                        }
                    }
                } else if name.isHeader("mcp-method") {
                    method.append(value)
                }
            case 12 where name.isHeader("content-type"): contentType = value
            case 13 where name.isHeader("authorization"): authorization.append(value)
            case 14:
                if name.isHeader("content-length") {
                    contentLength = Int(value)
                } else if name.isHeader("mcp-session-id") {
                    session = value
                }
            case 20 where name.isHeader("mcp-protocol-version"): version.append(value)
            case 11... where name.hasHeaderPrefix("mcp-param-"): parameters.append((name.lowercased(), value))
            default: break
            }
        }
        if session != nil || !version.isEmpty || !method.isEmpty || !toolName.isEmpty || !parameters.isEmpty {
            facts = HTTPFacts(
                protocolVersion: version, sessionID: session, method: method, name: toolName, parameters: parameters)
        }
    }
}

extension String {
    /// Equal to the lower-case ASCII name, whatever the case of this string.
    fileprivate func isHeader(_ lowercase: StaticString) -> Bool {
        utf8.count == lowercase.utf8CodeUnitCount && hasHeaderPrefix(lowercase)
    }

    fileprivate func hasHeaderPrefix(_ lowercase: StaticString) -> Bool {
        let length = lowercase.utf8CodeUnitCount
        let wanted = UnsafeBufferPointer(start: lowercase.utf8Start, count: length)
        let compared: Bool? = utf8.withContiguousStorageIfAvailable { bytes in
            guard bytes.count >= length else { return false }
            for index in 0..<length where bytes[index] | (bytes[index].isASCIILetter ? 0x20 : 0) != wanted[index] {
                return false
            }
            return true
        }
        return compared ?? utf8.prefix(length).elementsEqual(wanted) { ($0 | ($0.isASCIILetter ? 0x20 : 0)) == $1 }
    }
}

extension UInt8 {
    fileprivate var isASCIILetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var rest = self
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
