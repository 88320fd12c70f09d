import Glibc

/// Reads HTTP/1.0 and 1.1 requests from bytes as they come. Pure: it keeps no byte, only where it is.
///
/// Stricter than RFC 9112 where leniency lets two readers see two requests (its sections 5.2, 6.3 and 11.2): lines end with CR LF,
/// no folding, no white space before a colon, one Host, one length. What it reads is bounded: the request line, the bytes and the number
/// of header fields, chunk extensions, trailers.
struct RequestParser {
    enum Step: Equatable {
        /// All that could be read was; the bytes after the position belong to what comes next.
        case more
        /// `head` is complete.
        case head
        /// These of the given bytes are the next of the body.
        case body(Range<Int>)
        /// The request is complete. The next one follows.
        case end
        case refused(HTTPSyntaxError)
    }

    private enum Phase: Equatable {
        case requestLine
        case fields
        case body(rest: Int)
        case chunkSize
        case chunk(rest: Int)
        case chunkEnd
        case trailers
        case end
        case refused(HTTPSyntaxError)
    }

    /// Eight KiB, as RFC 9112 section 3 recommends.
    static let maxRequestLine = 8192
    /// Of one chunk; size and extensions together.
    private static let maxChunkLine = 256
    /// Empty lines before the request line: what old clients send after a body (RFC 9112, 2.2).
    private static let maxEmptyLines = 2

    /// Of the request that is being read, valid from `Step.head` to `Step.end`. The very same as before where the same bytes made it.
    private(set) var head = RequestHead()

    private let maxBytes: Int
    private let maxFields: Int
    private var phase = Phase.requestLine
    // Of the head that is being read.
    private var method = RequestHead.Method.GET
    private var uri = ""
    /// Of a target in absolute form: stands for the Host (RFC 9112, 3.2.2).
    private var authority: String?
    private var minorVersion = 1
    private var headers = RequestHeaders()
    /// What `head` was made of, if it came in one piece and is no longer than this: a kept connection repeats it whole.
    private var headBytes: [UInt8] = []
    private static let longestRepeated = 2048
    /// Bytes after the position that have no line feed.
    private var searched = 0
    private var emptyLines = 0
    /// Of the head, then of the trailers; extensions of chunks beside.
    private var bytes = 0
    private var fields = 0
    private var extensionBytes = 0

    /// - Parameters:
    ///   - maxBytes: of request line and headers; likewise of the trailers, and of all chunk extensions.
    ///   - maxFields: of the head; likewise of the trailers.
    init(maxBytes: Int, maxFields: Int) {
        self.maxBytes = maxBytes
        self.maxFields = maxFields
    }

    /// Goes one step on.
    ///
    /// - Parameters:
    ///   - input: what was not taken in earlier steps, and what has come since.
    ///   - position: where to begin; moved behind what was taken.
    mutating func next(_ input: UnsafeRawBufferPointer, _ position: inout Int) -> Step {
        if phase == .requestLine, isRepeated(input, position) {
            position += headBytes.count
            bytes = headBytes.count
            expectBody()
            return .head
        }
        let start = phase == .requestLine && searched == 0 && emptyLines == 0 ? position : nil
        while true {
            switch phase {
            case .requestLine:
                guard let line = line(input, &position, limit: Self.maxRequestLine, .requestLineTooLong) else { return stopped }
                if line.isEmpty {
                    emptyLines += 1
                    guard emptyLines <= Self.maxEmptyLines else { return refuse(.emptyLines) }
                } else if let error = begin(line) {
                    return refuse(error)
                }
            case .fields:
                guard let line = line(input, &position, limit: maxBytes - bytes, .headTooLarge(limit: maxBytes)) else { return stopped }
                if line.isEmpty {
                    if let error = endOfHead() { return refuse(error) }
                    remember(start.map { UnsafeRawBufferPointer(rebasing: input[$0..<position]) })
                    return .head
                }
                if let error = field(line) { return refuse(error) }
            case .body(let rest):
                guard let range = take(rest, of: input, &position) else { return .more }
                phase = range.count == rest ? .end : .body(rest: rest - range.count)
                return .body(range)
            case .chunkSize:
                guard let line = line(input, &position, limit: Self.maxChunkLine, .chunkExtensionsTooLarge) else { return stopped }
                if let error = chunkSize(line) { return refuse(error) }
            case .chunk(let rest):
                guard let range = take(rest, of: input, &position) else { return .more }
                phase = range.count == rest ? .chunkEnd : .chunk(rest: rest - range.count)
                return .body(range)
            case .chunkEnd:
                guard position < input.count else { return .more }
                guard input[position] == 0x0D else { return refuse(.invalidChunkEnd) }
                guard position + 1 < input.count else { return .more }
                guard input[position + 1] == 0x0A else { return refuse(.invalidChunkEnd) }
                position += 2
                phase = .chunkSize
            case .trailers:
                guard let line = line(input, &position, limit: maxBytes - bytes, .headTooLarge(limit: maxBytes)) else { return stopped }
                if line.isEmpty { phase = .end } else if let error = trailer(line) { return refuse(error) }
            case .end:
                phase = .requestLine
                return .end
            case .refused(let error): return .refused(error)
            }
        }
    }

    // MARK: lines

    /// What `next` returns when there is no further line.
    private var stopped: Step {
        if case .refused(let error) = phase { return .refused(error) }
        return .more
    }

    private mutating func refuse(_ error: HTTPSyntaxError) -> Step {
        phase = .refused(error)
        return .refused(error)
    }

    /// The next whole line without its end, counted in `bytes`. Nil if it is not whole yet, or too long, or ends wrongly.
    private mutating func line(
        _ input: UnsafeRawBufferPointer, _ position: inout Int, limit: Int, _ tooLong: HTTPSyntaxError
    ) -> UnsafeRawBufferPointer? {
        let available = input.count - position
        guard available > searched, let base = input.baseAddress else { return nil }
        let start = base + position
        guard let found = memchr(start + searched, 0x0A, available - searched) else {
            searched = available
            if available > limit { _ = refuse(tooLong) }
            return nil
        }
        searched = 0
        let length = UnsafeRawPointer(found) - start
        guard length + 1 <= limit else {
            _ = refuse(tooLong)
            return nil
        }
        guard length > 0, start.load(fromByteOffset: length - 1, as: UInt8.self) == 0x0D else {
            _ = refuse(.bareLineFeed)
            return nil
        }
        position += length + 1
        bytes += length + 1
        return UnsafeRawBufferPointer(start: start, count: length - 1)
    }

    private func take(_ rest: Int, of input: UnsafeRawBufferPointer, _ position: inout Int) -> Range<Int>? {
        let count = min(rest, input.count - position)
        guard count > 0 else { return nil }
        defer { position += count }
        return position..<position + count
    }

    // MARK: head

    private mutating func begin(_ line: UnsafeRawBufferPointer) -> HTTPSyntaxError? {
        // The line and its end; empty lines before it are not part of the head.
        bytes = line.count + 2
        let methodEnd = FieldBytes.tokenEnd(line)
        guard methodEnd > 0, methodEnd < line.count, line[methodEnd] == 0x20 else { return .invalidRequestLine }
        guard let method = Self.method(UnsafeRawBufferPointer(rebasing: line[..<methodEnd])) else { return .unknownMethod }
        let target = UnsafeRawBufferPointer(rebasing: line[(methodEnd + 1)...])
        var end = 0
        while end < target.count, target[end] != 0x20 {
            guard 0x21...0x7E ~= target[end], target[end] != UInt8(ascii: "#") else { return .invalidTarget }
            end += 1
        }
        guard end < target.count else { return .invalidRequestLine }
        guard end > 0 else { return .invalidRequestLine }
        guard let parts = Self.split(target: UnsafeRawBufferPointer(rebasing: target[..<end])) else { return .invalidTarget }
        let version = UnsafeRawBufferPointer(rebasing: target[(end + 1)...])
        guard version.count == 8, memcmp(version.baseAddress!, "HTTP/", 5) == 0 else { return .invalidRequestLine }
        guard version[5] == UInt8(ascii: "1"), version[6] == UInt8(ascii: "."), version[7] & 0xFE == 0x30 else {
            return .unsupportedVersion
        }

        headers = RequestHeaders()
        self.method = method
        minorVersion = Int(version[7] - 0x30)
        uri = FieldBytes.isSame(head.uri, parts.path) ? head.uri : String(decoding: parts.path, as: UTF8.self)
        authority = parts.authority.map { String(decoding: $0, as: UTF8.self) }
        emptyLines = 0
        fields = 0
        phase = .fields
        return nil
    }

    /// Path and query of a target, and the authority of one in absolute form, which a server must take (RFC 9112, 3.2.2). Nil for other targets.
    private static func split(target: UnsafeRawBufferPointer) -> (path: UnsafeRawBufferPointer, authority: UnsafeRawBufferPointer?)? {
        if target[0] == UInt8(ascii: "/") { return (target, nil) }
        let prefix = ["http://", "https://"].first { target.count > $0.utf8CodeUnitCount && FieldBytes.hasPrefix(target, $0) }
        guard let start = prefix?.utf8CodeUnitCount else { return nil }
        let end = target[start...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? target.count
        // A path that is left out is nobody's endpoint.
        guard end > start, end < target.count, target[end] == UInt8(ascii: "/") else { return nil }
        return (UnsafeRawBufferPointer(rebasing: target[end...]), UnsafeRawBufferPointer(rebasing: target[start..<end]))
    }

    private static func method(_ bytes: UnsafeRawBufferPointer) -> RequestHead.Method? {
        func isName(_ name: StaticString) -> Bool {
            bytes.count == name.utf8CodeUnitCount && memcmp(bytes.baseAddress!, name.utf8Start, bytes.count) == 0
        }
        if isName("POST") { return .POST }
        if isName("GET") { return .GET }
        return RequestHead.Method(rawValue: String(decoding: bytes, as: UTF8.self))
    }

    private mutating func field(_ line: UnsafeRawBufferPointer) -> HTTPSyntaxError? {
        switch split(line) {
        case .success(let (name, value)): headers.take(name, value, like: head.headers)
        case .failure(let error): error
        }
    }

    private mutating func trailer(_ line: UnsafeRawBufferPointer) -> HTTPSyntaxError? {
        switch split(line) {
        case .success(let (name, _)):
            FieldBytes.isEqual(name, "content-length") || FieldBytes.isEqual(name, "transfer-encoding") || FieldBytes.isEqual(name, "host")
                ? .forbiddenTrailer : nil
        case .failure(let error): error
        }
    }

    /// Name and value of a field, both sound.
    private mutating func split(
        _ line: UnsafeRawBufferPointer
    ) -> Result<(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer), HTTPSyntaxError> {
        fields += 1
        guard fields <= maxFields else { return .failure(.tooManyFields(limit: maxFields)) }
        guard line[0] != 0x20, line[0] != 0x09 else { return .failure(.foldedField) }
        let end = FieldBytes.tokenEnd(line)
        guard end > 0, end < line.count, line[end] == UInt8(ascii: ":") else { return .failure(.invalidFieldName) }
        let value = FieldBytes.trimmed(UnsafeRawBufferPointer(rebasing: line[(end + 1)...]))
        guard !FieldBytes.hasControl(value) else { return .failure(.invalidFieldValue) }
        return .success((UnsafeRawBufferPointer(rebasing: line[..<end]), value))
    }

    private mutating func endOfHead() -> HTTPSyntaxError? {
        if headers.host.isEmpty, minorVersion > 0 { return .missingHost }
        if let authority { headers.host = [authority] }
        if headers.isChunked {
            guard headers.contentLength == nil else { return .ambiguousLength }
            guard minorVersion > 0 else { return .unsupportedTransferEncoding }
        }
        head = RequestHead(method: method, uri: uri, minorVersion: minorVersion, headers: headers)
        expectBody()
        return nil
    }

    private mutating func expectBody() {
        if head.headers.isChunked {
            extensionBytes = 0
            phase = .chunkSize
        } else {
            phase = head.headers.contentLength.map { $0 > 0 ? .body(rest: $0) : .end } ?? .end
        }
    }

    /// Whether the head before comes again, byte by byte.
    private func isRepeated(_ input: UnsafeRawBufferPointer, _ position: Int) -> Bool {
        guard !headBytes.isEmpty, emptyLines == 0, searched == 0, input.count - position >= headBytes.count else { return false }
        return headBytes.withUnsafeBytes { memcmp($0.baseAddress!, input.baseAddress! + position, $0.count) == 0 }
    }

    private mutating func remember(_ bytes: UnsafeRawBufferPointer?) {
        headBytes.removeAll(keepingCapacity: true)
        if let bytes, bytes.count <= Self.longestRepeated { headBytes.append(contentsOf: bytes) }
    }

    // MARK: chunks

    private mutating func chunkSize(_ line: UnsafeRawBufferPointer) -> HTTPSyntaxError? {
        var size = 0
        var digits = 0
        while digits < line.count, let digit = Self.hexadecimal(line[digits]) {
            // Fifteen digits always fit.
            guard digits < 15 else { return .invalidChunkSize }
            size = size << 4 | digit
            digits += 1
        }
        guard digits > 0 else { return .invalidChunkSize }
        if digits < line.count {
            let rest = UnsafeRawBufferPointer(rebasing: line[digits...])
            extensionBytes += rest.count
            guard Self.areExtensions(rest) else { return .invalidChunkSize }
            guard extensionBytes <= maxBytes else { return .chunkExtensionsTooLarge }
        }
        if size > 0 {
            phase = .chunk(rest: size)
        } else {
            phase = .trailers
            bytes = 0
            fields = 0
        }
        return nil
    }

    /// `;name`, `;name=token` or `;name="text"`, any number of them and no white space between (RFC 9112, 7.1.1).
    private static func areExtensions(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes
        func drop(_ count: Int) { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
        while !rest.isEmpty {
            guard rest[0] == UInt8(ascii: ";") else { return false }
            drop(1)
            let name = FieldBytes.tokenEnd(rest)
            guard name > 0 else { return false }
            drop(name)
            guard rest.first == UInt8(ascii: "=") else { continue }
            drop(1)
            var end = FieldBytes.tokenEnd(rest)
            if rest.first == UInt8(ascii: "\"") {
                // No escapes: two readers could see two ends.
                guard let close = rest.dropFirst().firstIndex(of: UInt8(ascii: "\"")) else { return false }
                let text = UnsafeRawBufferPointer(rebasing: rest[1..<close])
                guard !FieldBytes.hasControl(text), !text.contains(UInt8(ascii: "\\")) else { return false }
                end = close + 1
            }
            guard end > 0 else { return false }
            drop(end)
        }
        return true
    }

    private static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte - 0x30)
        case 0x41...0x46: Int(byte - 0x41 + 10)
        case 0x61...0x66: Int(byte - 0x61 + 10)
        default: nil
        }
    }
}
