import NIOCore

/// HTTP/1 responses as bytes. Written by hand: one buffer for head and body, no encoder in the pipeline.
enum ResponseBytes {
    /// A response with a body of known length. `body` is left out for HEAD.
    static func write(
        status: Int, contentType: StaticString?, headers: [ResponseHeader], body: [UInt8], bodyIsSent: Bool = true,
        close: Bool, keepAliveHeader: Bool, date: DateStamp, into buffer: inout ByteBuffer
    ) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: headSize(headers) + body.count) { space in
            var out = ByteCursor(space)
            head(status: status, headers: headers, close: close, keepAliveHeader: keepAliveHeader, date: date, into: &out)
            if let contentType {
                out.write("Content-Type: ")
                out.write(contentType)
                out.write("\r\n")
            }
            if status != 204 {
                out.write("Content-Length: ")
                out.write(decimal: body.count)
                out.write("\r\n")
            }
            out.write("\r\n")
            if bodyIsSent { out.write(body) }
            return out.count
        }
    }

    /// The head of an event stream (DIGEST 1.6): unbuffered by proxies, never cached or transformed.
    static func writeStreamHead(
        headers: [ResponseHeader], chunked: Bool, close: Bool, date: DateStamp, into buffer: inout ByteBuffer
    ) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: headSize(headers)) { space in
            var out = ByteCursor(space)
            head(status: 200, headers: headers, close: close, keepAliveHeader: false, date: date, into: &out)
            out.write("Content-Type: text/event-stream\r\nCache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\n")
            if chunked { out.write("Transfer-Encoding: chunked\r\n") }
            out.write("\r\n")
            return out.count
        }
    }

    /// One event: a message, which never holds a line break, becomes its data; lines that begin with an id are all of it.
    static func writeEvent(_ message: [UInt8], chunked: Bool, into buffer: inout ByteBuffer) {
        // No JSON begins with this letter.
        let hasLines = message.first == UInt8(ascii: "i")
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: message.count + 32) { space in
            var out = ByteCursor(space)
            if chunked {
                out.write(hexadecimal: message.count + (hasLines ? 2 : 8))
                out.write("\r\n")
            }
            if !hasLines { out.write("data: ") }
            out.write(message)
            out.write(chunked ? "\n\n\r\n" : "\n\n")
            return out.count
        }
    }

    static func writeKeepAlive(chunked: Bool, into buffer: inout ByteBuffer) {
        if chunked { buffer.writeStaticString("6\r\n: ka\n\n\r\n") } else { buffer.writeStaticString(": ka\n\n") }
    }

    static func writeStreamEnd(chunked: Bool, into buffer: inout ByteBuffer) {
        if chunked { buffer.writeStaticString("0\r\n\r\n") }
    }

    /// No less than a head takes: its own lines have less than 512 bytes.
    private static func headSize(_ headers: [ResponseHeader]) -> Int {
        var size = 512
        for header in headers { size += header.name.utf8CodeUnitCount + header.value.utf8.count + 4 }
        return size
    }

    private static func head(
        status: Int, headers: [ResponseHeader], close: Bool, keepAliveHeader: Bool, date: DateStamp, into out: inout ByteCursor
    ) {
        switch status {
        case 200: out.write("HTTP/1.1 200 OK\r\nDate: ")
        case 202: out.write("HTTP/1.1 202 Accepted\r\nDate: ")
        default:
            out.write("HTTP/1.1 ")
            out.write(decimal: status)
            out.write(" ")
            out.write(phrase(status))
            out.write("\r\nDate: ")
        }
        out.write(date.bytes)
        out.write("\r\n")
        if close {
            out.write("Connection: close\r\n")
        } else if keepAliveHeader {
            out.write("Connection: keep-alive\r\n")
        }
        for header in headers {
            out.write(header.name)
            out.write(": ")
            out.write(header.value)
            out.write("\r\n")
        }
    }

    private static func phrase(_ status: Int) -> StaticString {
        switch status {
        case 204: "No Content"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 421: "Misdirected Request"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
