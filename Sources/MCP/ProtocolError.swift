import JSON

/// A JSON-RPC error: what the client is told, and which HTTP status goes with it (DIGEST 1.5).
package struct ProtocolError: Error, Sendable, Equatable {
    package let code: Int
    package let message: String
    /// One JSON value, compact.
    package let data: [UInt8]?
    /// Whether the envelope was wrong, not what a handler made of it: -32602 is then 400, else 200.
    let isEnvelope: Bool
    /// Nil: trying again would not help.
    let busy: Busy?

    init(_ code: Int, _ message: String, data: [UInt8]? = nil, isEnvelope: Bool = false, busy: Busy? = nil) {
        self.code = code
        self.message = message
        self.data = data
        self.isEnvelope = isEnvelope
        self.busy = busy
    }

    /// Seconds after which it may be tried again, for `Retry-After`.
    package var retryAfter: Int? { busy?.retryAfter }

    /// The status of a response that is this error and nothing else. Legacy answers a request that reached a handler
    /// with 200 whatever it says.
    package func httpStatus(_ era: Era) -> Int {
        if let busy { return busy.status }
        switch code {
        case Code.parseError, Code.invalidRequest: return 400
        case Code.invalidParams: return isEnvelope ? 400 : 200
        case Code.methodNotFound: return era == .modern ? 404 : 200
        case Code.headerMismatch, Code.missingCapability, Code.unsupportedVersion: return era == .modern ? 400 : 200
        default: return 200
        }
    }

    /// The same, as a client of this era may hear it: a legacy client takes the modern codes for the sign of a modern server (DIGEST 6.2).
    package func spoken(in era: Era) -> Self {
        guard era == .legacy, (-32099 ... -32020).contains(code) else { return self }
        return Self(Code.invalidParams, message, data: data)
    }

    package enum Code {
        package static let parseError = -32700
        package static let invalidRequest = -32600
        package static let methodNotFound = -32601
        package static let invalidParams = -32602
        package static let internalError = -32603
        /// Legacy only: modern says `invalidParams`.
        package static let resourceNotFound = -32002
        /// Modern only, like the two after it: a legacy client would take them for the sign of a modern server.
        package static let headerMismatch = -32020
        package static let missingCapability = -32021
        package static let unsupportedVersion = -32022
        /// What SDKs use for a bad session; legacy only.
        package static let badSession = -32000
        package static let sessionNotFound = -32001
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("code")
        writer.int(code)
        writer.key("message")
        writer.string(message)
        if let data {
            writer.key("data")
            writer.raw(data)
        }
        writer.endObject()
    }
}
