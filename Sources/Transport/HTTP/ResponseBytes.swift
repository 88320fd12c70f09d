import NIOCore

/// HTTP/1 responses as bytes. Written by hand: one buffer for head and body, no encoder in the pipeline.
enum ResponseBytes {
    /// A response with a body of known length. `body` is left out for HEAD.
    static func write(
        status: Int, contentType: StaticString?, headers: [ResponseHeader], body: [UInt8], bodyIsSent: Bool = true,
        close: Bool, keepAliveHeader: Bool, date: DateStamp, into buffer: inout ByteBuffer
    ) {
        head(status: status, headers: headers, close: close, keepAliveHeader: keepAliveHeader, date: date, into: &buffer)
        if let contentType {
            buffer.writeStaticString("Content-Type: ")
            buffer.writeStaticString(contentType)
            buffer.writeStaticString("\r\n")
        }
        if status != 204 {
            buffer.writeStaticString("Content-Length: ")
            decimal(body.count, into: &buffer)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
        if bodyIsSent { buffer.writeBytes(body) }
    }

    /// The head of an event stream (DIGEST 1.6): unbuffered by proxies, never cached or transformed.
    static func writeStreamHead(
        headers: [ResponseHeader], chunked: Bool, close: Bool, date: DateStamp, into buffer: inout ByteBuffer
    ) {
        head(status: 200, headers: headers, close: close, keepAliveHeader: false, date: date, into: &buffer)
        buffer.writeStaticString(
            "Content-Type: text/event-stream\r\nCache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\n")
        if chunked { buffer.writeStaticString("Transfer-Encoding: chunked\r\n") }
        buffer.writeStaticString("\r\n")
    }

    /// One event with one line of data; a message never holds a line break.
    static func writeEvent(_ message: [UInt8], chunked: Bool, into buffer: inout ByteBuffer) {
        if chunked { hexadecimal(message.count + 8, into: &buffer) }
        buffer.writeStaticString("data: ")
        buffer.writeBytes(message)
        buffer.writeStaticString("\n\n")
        if chunked { buffer.writeStaticString("\r\n") }
    }

    static func writeKeepAlive(chunked: Bool, into buffer: inout ByteBuffer) {
        if chunked { buffer.writeStaticString("6\r\n: ka\n\n\r\n") } else { buffer.writeStaticString(": ka\n\n") }
    }

    static func writeStreamEnd(chunked: Bool, into buffer: inout ByteBuffer) {
        if chunked { buffer.writeStaticString("0\r\n\r\n") }
    }

    private static func head(
        status: Int, headers: [ResponseHeader], close: Bool, keepAliveHeader: Bool, date: DateStamp,
        into buffer: inout ByteBuffer
    ) {
        switch status {
        case 200: buffer.writeStaticString("HTTP/1.1 200 OK\r\nDate: ")
        case 202: buffer.writeStaticString("HTTP/1.1 202 Accepted\r\nDate: ")
        default:
            buffer.writeStaticString("HTTP/1.1 ")
            decimal(status, into: &buffer)
            buffer.writeStaticString(" ")
            buffer.writeStaticString(phrase(status))
            buffer.writeStaticString("\r\nDate: ")
        }
        buffer.writeBytes(date.bytes)
        buffer.writeStaticString("\r\n")
        if close {
            buffer.writeStaticString("Connection: close\r\n")
        } else if keepAliveHeader {
            buffer.writeStaticString("Connection: keep-alive\r\n")
        }
        for header in headers {
            buffer.writeStaticString(header.name)
            buffer.writeStaticString(": ")
            buffer.writeString(header.value)
            buffer.writeStaticString("\r\n")
        }
    }

    private static func decimal(_ number: Int, into buffer: inout ByteBuffer) {
        var rest = number
        var digits: InlineArray<20, UInt8> = .init(repeating: 0)
        var at = 20
        repeat {
            at -= 1
            digits[at] = UInt8(48 + rest % 10)
            rest /= 10
        } while rest > 0
        for index in at..<20 { buffer.writeInteger(digits[index]) }
    }

    private static func hexadecimal(_ number: Int, into buffer: inout ByteBuffer) {
        var shift = (Int.bitWidth - max(number, 1).leadingZeroBitCount - 1) / 4 * 4
        while shift >= 0 {
            let digit = UInt8(number >> shift & 15)
            buffer.writeInteger(digit < 10 ? 48 + digit : 87 + digit)
            shift -= 4
        }
        buffer.writeStaticString("\r\n")
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
        case 415: "Unsupported Media Type"
        case 421: "Misdirected Request"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
