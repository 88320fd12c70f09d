/// Request line and headers, as far as they matter here.
struct RequestHead {
    /// The methods of RFC 9110 and 5789, spelled as on the wire.
    enum Method: String, CaseIterable {
        case GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH
    }

    var method = Method.GET
    /// In origin form, with its query.
    var uri = ""
    /// Of a target in absolute form: stands for the Host (RFC 9112, 3.2.2).
    var authority: String?
    /// Of HTTP/1.
    var minorVersion = 1
    var headers = RequestHeaders()
}
