import NIOCore
import Testing

@testable import Transport

@Suite struct ResponseBytesTests {
    private func date() -> DateStamp {
        var date = DateStamp()
        date.set(second: 784_111_777)
        return date
    }

    @Test func writesAWholeResponse() {
        var buffer = ByteBuffer()
        ResponseBytes.write(
            status: 200, contentType: "application/json", headers: [ResponseHeader("Mcp-Session-Id", "s")],
            body: Array("{}".utf8), close: false, keepAliveHeader: false, date: date(), into: &buffer)
        #expect(
            String(buffer: buffer)
                == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nMcp-Session-Id: s\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        )
    }

    @Test func aResponseWithoutContentHasNoLength() {
        var buffer = ByteBuffer()
        ResponseBytes.write(
            status: 204, contentType: nil, headers: [], body: [], close: true, keepAliveHeader: false, date: date(),
            into: &buffer)
        let text = String(buffer: buffer)
        #expect(text.hasPrefix("HTTP/1.1 204 No Content\r\n"))
        #expect(!text.contains("Content-Length"))
        #expect(text.contains("Connection: close\r\n"))
    }

    @Test(arguments: [1, 7, 8, 15, 16, 255, 256, 4095, 65_536])
    func chunksCarryTheirLength(_ size: Int) throws {
        var buffer = ByteBuffer()
        let message = Array(repeating: UInt8(ascii: "x"), count: size)
        ResponseBytes.writeEvent(message, chunked: true, into: &buffer)
        let text = String(buffer: buffer)
        let line = try #require(text.split(separator: "\r\n", maxSplits: 1).first)
        #expect(Int(line, radix: 16) == size + 8)
        #expect(text == "\(line)\r\ndata: \(String(repeating: "x", count: size))\n\n\r\n")
    }

    @Test func withoutChunksTheStreamIsPlain() {
        var buffer = ByteBuffer()
        ResponseBytes.writeEvent([0x61], chunked: false, into: &buffer)
        ResponseBytes.writeKeepAlive(chunked: false, into: &buffer)
        ResponseBytes.writeStreamEnd(chunked: false, into: &buffer)
        #expect(String(buffer: buffer) == "data: a\n\n: ka\n\n")
    }
}
