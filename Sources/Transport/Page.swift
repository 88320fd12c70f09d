/// A plain HTTP answer outside MCP.
package struct Page: Sendable {
    package let status: Int
    package let contentType: String
    package let body: [UInt8]

    package init(status: Int, contentType: String, body: [UInt8]) {
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
