import JSON

/// Where the members of a JSON-RPC message stand that are looked at, found in one walk: the last one where a key is repeated, below zero
/// what is not there.
struct MessageMembers {
    private(set) var version: Int32 = -1
    private(set) var id: Int32 = -1
    private(set) var method: Int32 = -1
    private(set) var params: Int32 = -1
    private(set) var hasResult = false
    private(set) var hasError = false

    init(_ message: JSONValue) {
        message.walk { key, place in
            if key.is("jsonrpc") {
                version = place
            } else if key.is("id") {
                id = place
            } else if key.is("method") {
                method = place
            } else if key.is("params") {
                params = place
            } else if key.is("result") {
                hasResult = true
            } else if key.is("error") {
                hasError = true
            }
        }
    }
}
