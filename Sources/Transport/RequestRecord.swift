import CLinux
import JSON
import MCP

/// One request and what became of it.
package struct RequestRecord: Sendable {
    /// Of HTTP; empty over stdio.
    package let method: String
    /// Without the query; empty over stdio.
    package let path: String
    /// Address of the client.
    package let peer: String
    /// The method of MCP, and which tool or prompt it names.
    package private(set) var message = ""
    package private(set) var name = ""
    /// Of HTTP; nil: the client is gone, or there are none.
    package var status: Int?
    /// CLOCK_MONOTONIC, when it had been read.
    private let start = ambit_linux_now()

    init(method: String = "", uri: String = "", peer: String) {
        self.method = method
        path = String(uri.prefix { $0 != "?" })
        self.peer = peer
    }

    mutating func note(_ inbound: Inbound) {
        message = inbound.method.isEmpty ? "response" : inbound.method
        name = inbound.name?.string ?? ""
    }

    mutating func note(_ batch: InboundBatch) { message = "batch" }

    /// Since it was read, nanoseconds.
    package var age: Int64 { ambit_linux_now() - start }
}
