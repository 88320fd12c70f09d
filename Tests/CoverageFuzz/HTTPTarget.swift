import MCP

@testable import Transport

/// The HTTP parser: whatever comes, in whatever pieces, is read the same way.
enum HTTPTarget {
    private struct Reading: Equatable {
        var heads: [String] = []
        var body: [UInt8] = []
        var error: HTTPSyntaxError?
    }

    static func run(_ input: UnsafeRawBufferPointer) {
        guard let first = input.first else { return }
        let bytes = Array(input.dropFirst())
        let whole = read(bytes, piece: max(bytes.count, 1))
        let pieces = read(bytes, piece: Int(first % 31) + 1)
        expect(whole.heads == pieces.heads && whole.body == pieces.body, "pieces are read as the whole")
        expect((whole.error == nil) == (pieces.error == nil), "pieces are refused as the whole")
    }

    private static func read(_ bytes: [UInt8], piece: Int) -> Reading {
        var parser = RequestParser(maxBytes: 4096, maxFields: 32)
        var reading = Reading()
        var rest: [UInt8] = []
        var next = 0
        while next < bytes.count {
            rest += bytes[next..<min(next + piece, bytes.count)]
            next += piece
            var position = 0
            reading: while true {
                switch rest.withUnsafeBytes({ parser.next($0, &position) }) {
                case .more: break reading
                case .head: reading.heads.append(outline(parser.head))
                case .body(let range): reading.body += rest[range]
                case .end: continue
                case .refused(let error):
                    reading.error = error
                    return reading
                }
            }
            rest.removeFirst(position)
        }
        return reading
    }

    private static func outline(_ head: RequestHead) -> String {
        let headers = head.headers
        expect(head.uri.utf8.first == UInt8(ascii: "/"), "a target that was read begins with a slash")
        expect(headers.contentLength == nil || !headers.isChunked, "a body has one length")
        return
            "\(head.method) \(head.uri) \(head.minorVersion) \(headers.host) \(headers.accept) \(headers.facts.method) \(headers.facts.name) \(headers.contentLength ?? -1)"
    }
}
