/// A plain HTTP answer outside MCP.
package struct Page: Sendable {
    package let status: Int
    package let contentType: StaticString
    package let body: [UInt8]

    package static let plain: StaticString = "text/plain; charset=utf-8"

    package init(status: Int, contentType: StaticString, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}

/// A GET or HEAD for something that is not the MCP endpoint.
package struct PageRequest: Sendable {
    package let path: String
    /// What follows the question mark, empty if nothing does.
    package let query: String
    package let peer: Peer

    package init(path: String, query: String, peer: Peer) {
        self.path = path
        self.query = query
        self.peer = peer
    }
}
