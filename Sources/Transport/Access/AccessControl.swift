/// Decides who may ask, from the head of a request alone: before anything of it is parsed as MCP.
package protocol AccessControl: AnyObject, Sendable {
    /// Called on an event loop; must not block. Nil: the decision needs something that has to be fetched first; `decided` is then called
    /// once, on any thread, within a bounded time. Else `decided` is never called.
    func judge(_ request: AccessRequest, decided: @escaping @Sendable (AccessVerdict) -> Void) -> AccessVerdict?
}

/// What is judged.
package struct AccessRequest: Sendable {
    /// One element for each `Authorization` line.
    package let authorization: [String]
    /// Without the query.
    package let path: String
    package let isLoopback: Bool

    package init(authorization: [String], path: String, isLoopback: Bool) {
        self.authorization = authorization
        self.path = path
        self.isLoopback = isLoopback
    }
}

package enum AccessVerdict: Sendable {
    /// Nil: whoever asks, this is open to everybody.
    case admitted(Identity?)
    case refused(AccessRefusal)
}

/// An answer of HTTP, not of MCP: 400, 401, 403 or 503.
package struct AccessRefusal: Sendable, Equatable {
    package let status: Int
    package let message: String
    package let headers: [ResponseHeader]

    package init(status: Int, message: String, headers: [ResponseHeader] = []) {
        self.status = status
        self.message = message
        self.headers = headers
    }
}
