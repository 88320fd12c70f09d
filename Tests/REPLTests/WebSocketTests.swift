import Testing

@testable import REPL

struct WebSocketTests {
    private static func received(_ chunks: [[UInt8]]) -> ([WebSocket.Received], isBroken: Bool) {
        var socket = WebSocket()
        var found: [WebSocket.Received] = []
        for chunk in chunks {
            socket.append(chunk)
            while let received = socket.next() { found.append(received) }
        }
        return (found, socket.isBroken)
    }

    /// As a server sends it.
    private static func frame(_ payload: [UInt8], code: UInt8 = 1, isLast: Bool = true) -> [UInt8] {
        let head: [UInt8] = [(isLast ? 0x80 : 0) | code]
        switch payload.count {
        case ..<126: return head + [UInt8(payload.count)] + payload
        case ..<65536: return head + [126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
        default: return head + [127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) } + payload
        }
    }

    @Test func messagesOfEverySizeHoweverTheyCome() {
        let payloads = [0, 1, 125, 126, 65535, 65536, 100_000].map { [UInt8](repeating: 7, count: $0) }
        let bytes = payloads.flatMap { Self.frame($0) }
        let expected = payloads.map { WebSocket.Received.message($0) }
        #expect(Self.received([bytes]).0 == expected)
        let pieces = stride(from: 0, to: bytes.count, by: 4093).map { Array(bytes[$0..<min($0 + 4093, bytes.count)]) }
        #expect(Self.received(pieces).0 == expected)
    }

    @Test func piecesAreOneMessageAndControlFramesMayComeBetween() {
        let bytes = Self.frame([1], isLast: false) + Self.frame([9], code: 9) + Self.frame([2], code: 0) + Self.frame([], code: 8)
        let found = Self.received([bytes])
        #expect(found.0 == [.ping([9]), .message([1, 2]), .close] && !found.isBroken)
        #expect(Self.received(bytes.map { [$0] }).0 == found.0)
    }

    @Test(arguments: [[0x81, 0x81, 0, 0, 0, 0, 1], [0xC1, 0x00], [0x81, 127, 0xFF, 0, 0, 0, 0, 0, 0, 0]] as [[UInt8]])
    func whatIsNoFrameOfAServer(bytes: [UInt8]) {
        #expect(Self.received([bytes]).isBroken)
    }

    @Test(arguments: [0, 5, 126, 65536]) func whatIsSentIsMasked(count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let frame = WebSocket.frame(payload, mask: 0x0102_0304)
        let head = count < 126 ? 2 : count < 65536 ? 4 : 10
        #expect(frame[0] == 0x81 && frame[1] & 0x80 != 0 && frame.count == head + 4 + count)
        #expect(Array(frame[head..<head + 4]) == [1, 2, 3, 4])
        #expect(frame[(head + 4)...].enumerated().allSatisfy { $0.element == payload[$0.offset] ^ UInt8($0.offset % 4 + 1) })
    }
}
