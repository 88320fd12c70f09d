/// The framing of RFC 6455, as a client: takes apart what comes, and wraps what is sent.
struct WebSocket: Sendable {
    enum Received: Equatable, Sendable {
        case message([UInt8])
        case ping([UInt8])
        case close
    }

    private var bytes: [UInt8] = []
    private var start = 0
    /// The beginning of a message that comes in several frames.
    private var partial: [UInt8] = []
    /// What came is no frame, or too much.
    private(set) var isBroken = false

    mutating func append(_ chunk: [UInt8]) {
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes += chunk
    }

    mutating func next() -> Received? {
        while let frame = nextFrame() {
            switch frame.code {
            case 0x0, 0x1, 0x2:
                partial += frame.payload
                guard partial.count <= Limits.message else {
                    isBroken = true
                    return nil
                }
                guard frame.isLast else { continue }
                defer { partial = [] }
                return .message(partial)
            case 0x8: return .close
            case 0x9: return .ping(Array(frame.payload))
            default: continue
            }
        }
        return nil
    }

    /// A frame as a client sends it, masked.
    static func frame(_ payload: [UInt8], code: UInt8 = 0x1, mask: UInt32 = .random(in: 0 ... .max)) -> [UInt8] {
        var frame: [UInt8] = [0x80 | code]
        switch payload.count {
        case ..<126: frame.append(0x80 | UInt8(payload.count))
        case ..<65536: frame += [0x80 | 126, UInt8(payload.count >> 8), UInt8(truncatingIfNeeded: payload.count)]
        default: frame += [0x80 | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
        }
        let key = (0..<4).reversed().map { UInt8(truncatingIfNeeded: mask >> ($0 * 8)) }
        frame += key
        for (index, byte) in payload.enumerated() { frame.append(byte ^ key[index % 4]) }
        return frame
    }

    private mutating func nextFrame() -> (code: UInt8, isLast: Bool, payload: ArraySlice<UInt8>)? {
        guard !isBroken, bytes.count - start >= 2 else { return nil }
        let (first, second) = (bytes[start], bytes[start + 1])
        // A server does not mask, and no extension was asked for.
        guard second & 0x80 == 0, first & 0x70 == 0 else {
            isBroken = true
            return nil
        }
        var position = start + 2
        var size = Int(second)
        let extra = size == 126 ? 2 : size == 127 ? 8 : 0
        guard bytes.count - position >= extra else { return nil }
        if extra > 0 {
            size = bytes[position..<position + extra].reduce(0) { $0 << 8 | Int($1) }
            position += extra
        }
        guard size >= 0, size <= Limits.message else {
            isBroken = true
            return nil
        }
        guard bytes.count - position >= size else { return nil }
        start = position + size
        return (first & 0x0F, first & 0x80 != 0, bytes[position..<position + size])
    }
}
