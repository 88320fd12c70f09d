/// Why bytes are no HTTP/1 request. After any of these nothing more can be read on the connection: where the next request begins is
/// unknown, and whoever guesses is open to request smuggling (RFC 9112, 11.2).
enum HTTPSyntaxError: Error, Equatable {
    case emptyLines
    case bareLineFeed
    case invalidRequestLine
    case requestLineTooLong
    case unknownMethod
    case invalidTarget
    case unsupportedVersion
    case headTooLarge(limit: Int)
    case tooManyFields(limit: Int)
    case foldedField
    case invalidFieldName
    case invalidFieldValue
    case invalidContentLength
    case repeatedContentLength
    case ambiguousLength
    case unsupportedTransferEncoding
    case missingHost
    case repeatedHost
    case invalidChunkSize
    case chunkExtensionsTooLarge
    case invalidChunkEnd
    case forbiddenTrailer

    var status: Int {
        switch self {
        case .requestLineTooLong: 414
        case .headTooLarge, .tooManyFields: 431
        case .unknownMethod, .unsupportedTransferEncoding: 501
        case .unsupportedVersion: 505
        default: 400
        }
    }

    /// What is wrong, for whoever wrote the client.
    var message: String {
        switch self {
        case .emptyLines: "This is not HTTP: empty lines before the request line"
        case .bareLineFeed: "This is not HTTP: a line must end with CR LF"
        case .invalidRequestLine: "This is not HTTP: a request begins with METHOD TARGET HTTP/1.1, one space between each"
        case .requestLineTooLong: "The request line is longer than \(RequestParser.maxRequestLine) bytes"
        case .unknownMethod: "The method is unknown"
        case .invalidTarget: "The target must begin with / and have visible ASCII characters only"
        case .unsupportedVersion: "The version must be HTTP/1.1 or HTTP/1.0"
        case .headTooLarge(let limit): "The headers are larger than \(limit) bytes (max-header)"
        case .tooManyFields(let limit): "There are more than \(limit) header fields (max-header-fields)"
        case .foldedField: "A header field must not continue on a second line"
        case .invalidFieldName: "A header field needs a name of letters, digits and -, and a colon right after it"
        case .invalidFieldValue: "A header field has a control character in its value"
        case .invalidContentLength: "Content-Length must be one decimal number"
        case .repeatedContentLength: "There is more than one Content-Length"
        case .ambiguousLength: "Content-Length and Transfer-Encoding exclude each other"
        case .unsupportedTransferEncoding: "The only Transfer-Encoding is chunked, in HTTP/1.1"
        case .missingHost: "HTTP/1.1 needs a Host"
        case .repeatedHost: "There is more than one Host"
        case .invalidChunkSize: "A chunk begins with its size in hexadecimal"
        case .chunkExtensionsTooLarge: "The chunk extensions are too large"
        case .invalidChunkEnd: "A chunk is longer than its size"
        case .forbiddenTrailer: "A trailer must not say how long the request is or whom it is for"
        }
    }
}
