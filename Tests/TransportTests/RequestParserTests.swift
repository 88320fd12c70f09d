import MCP
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Transport

/// What one request is read as.
private struct Read: Equatable, CustomStringConvertible {
    var method: String
    var uri: String
    var minorVersion: Int
    var names: [String]
    var body: [UInt8]

    var description: String { "\(method) \(uri) 1.\(minorVersion) \(names) \(String(decoding: body, as: UTF8.self))" }
}

/// Feeds the pieces one by one, as a connection does, and gathers what comes out.
private func parse(
    _ pieces: [[UInt8]], maxBytes: Int = 16 << 10, maxFields: Int = 128
) -> (requests: [Read], error: HTTPSyntaxError?) {
    var parser = RequestParser(maxBytes: maxBytes, maxFields: maxFields)
    var rest: [UInt8] = []
    var requests: [Read] = []
    var body: [UInt8] = []
    for piece in pieces {
        rest += piece
        var position = 0
        reading: while true {
            switch rest.withUnsafeBytes({ parser.next($0, &position) }) {
            case .more: break reading
            case .head: body = []
            case .body(let range): body += rest[range]
            case .end:
                let head = parser.head
                requests.append(
                    Read(
                        method: head.method.rawValue, uri: head.uri, minorVersion: head.minorVersion, names: head.headers.facts.name,
                        body: body))
            case .refused(let error): return (requests, error)
            }
        }
        rest.removeFirst(position)
    }
    return (requests, nil)
}

private func parse(_ text: String, maxBytes: Int = 16 << 10, maxFields: Int = 128) -> (requests: [Read], error: HTTPSyntaxError?) {
    parse([Array(text.utf8)], maxBytes: maxBytes, maxFields: maxFields)
}

/// A request with these lines after its Host.
private func with(_ lines: String, body: String = "") -> String { "POST /mcp HTTP/1.1\r\nHost: h\r\n\(lines)\r\n\(body)" }

private func chunked(_ body: String) -> String { with("Transfer-Encoding: chunked\r\n", body: body) }

@Suite struct RequestParserTests {
    // MARK: what is read

    /// RFC 9112, 3.2.2: a server takes the absolute form, whose authority stands for the Host.
    @Test(arguments: [
        ("http://h/mcp", "/mcp", "h"), ("HTTP://other:80/mcp?a=http://x", "/mcp?a=http://x", "other:80"), ("https://h/", "/", "h"),
    ])
    func targetsInAbsoluteFormAreRead(target: String, uri: String, host: String) {
        var parser = RequestParser(maxBytes: 1000, maxFields: 10)
        var position = 0
        let bytes = Array("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        bytes.withUnsafeBytes { bytes in
            #expect(parser.next(bytes, &position) == .head)
            #expect(parser.head.uri == uri && parser.head.headers.host == [host])
            #expect(parser.next(bytes, &position) == .end)
            #expect(parser.next(bytes, &position) == .head)
            #expect(parser.head.uri == "/" && parser.head.headers.host == ["h"])
        }
    }

    @Test(arguments: ["http://", "http:///mcp", "http://h", "http://h?x", "ftp://h/", "h:80", "*", "http:/h/"])
    func otherTargetsAreRefused(target: String) {
        #expect(parse("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n").error == .invalidTarget)
        #expect(parse("GET http://h/ HTTP/1.1\r\n\r\n").error == .missingHost)
    }

    @Test func readsALineItsHeadersAndItsBody() {
        let (requests, error) = parse(with("Mcp-Name:  \t echo \t\r\nContent-Length: 5\r\n", body: "hello"))
        #expect(error == nil)
        #expect(requests == [Read(method: "POST", uri: "/mcp", minorVersion: 1, names: ["echo"], body: Array("hello".utf8))])
    }

    @Test func readsRequestsThatFollowEachOther() {
        let (requests, error) = parse(
            with("Content-Length: 1\r\n", body: "a") + "GET /x?y HTTP/1.0\r\n\r\n" + chunked("2\r\nbc\r\n0\r\n\r\n") + with(""))
        #expect(error == nil)
        #expect(requests.map(\.uri) == ["/mcp", "/x?y", "/mcp", "/mcp"])
        #expect(requests.map(\.body) == [Array("a".utf8), [], Array("bc".utf8), []])
        #expect(requests.map(\.minorVersion) == [1, 0, 1, 1])
    }

    /// A kept connection repeats its head: the same bytes are not read again, whatever comes between, and all others are.
    @Test func aHeadThatIsRepeatedIsTheSame() {
        var parser = RequestParser(maxBytes: 8000, maxFields: 10)
        func heads(_ text: String) -> [RequestHead] {
            var heads: [RequestHead] = []
            var position = 0
            Array(text.utf8).withUnsafeBytes { bytes in
                while true {
                    switch parser.next(bytes, &position) {
                    case .head: heads.append(parser.head)
                    case .more, .refused: return
                    case .body, .end: break
                    }
                }
            }
            #expect(position == text.utf8.count)
            return heads
        }
        let one = with("Mcp-Name: a\r\nContent-Length: 2\r\n", body: "ab")
        let other = with("Mcp-Name: b\r\nContent-Length: 1\r\n", body: "c")
        let read = heads(one + one + other + one)
        #expect(read.map(\.facts.name) == [["a"], ["a"], ["b"], ["a"]])
        #expect(read[0] === read[1] && read[1] !== read[2] && read[2] !== read[3])
        #expect(heads(one)[0] === read[3])

        let pieces = with("Transfer-Encoding: chunked\r\n", body: "1\r\nx\r\n0\r\nA: b\r\n\r\n")
        #expect(heads(pieces + "\r\n" + pieces + pieces).map(\.headers.isChunked) == [true, true, true])
        // What is long is not kept for it.
        let long = with("Mcp-Name: \(String(repeating: "n", count: 3000))\r\n")
        let two = heads(long + long)
        #expect(two.count == 2 && two[0] !== two[1])
        #expect(heads(one + one).count == 2)
    }

    /// Only whole heads are repeated: one that begins with the bytes of a shorter one, or comes in pieces.
    @Test func aHeadThatBeginsLikeTheOneBeforeIsReadItself() {
        let one = with("Mcp-Name: a\r\n")
        let pieces = Array((one + one + one).utf8).map { [$0] }
        #expect(parse(pieces).requests.map(\.names) == [["a"], ["a"], ["a"]])
        let longer = String(one.dropLast()) + "Mcp-Name: b\r\n\r\n"
        #expect(parse(one + longer + one).requests.map(\.names) == [["a"], ["a", "b"], ["a"]])
    }

    @Test func emptyLinesBeforeARequestAreSkippedUpToTwo() {
        #expect(parse("\r\n\r\n" + with("")).requests.count == 1)
        #expect(parse("\r\n\r\n\r\n" + with("")).error == .emptyLines)
    }

    @Test(arguments: RequestHead.Method.allCases) func knowsTheMethods(_ method: RequestHead.Method) {
        #expect(parse("\(method.rawValue) / HTTP/1.1\r\nHost: h\r\n\r\n").requests.map(\.method) == [method.rawValue])
    }

    @Test func bytesAboveASCIIAreValuesAndTabsTooButNothingElse() {
        #expect(parse(with("Mcp-Name: ä\tö\r\n")).requests.map(\.names) == [["ä\tö"]])
    }

    @Test func chunksOfAnySpellingMakeTheBody() {
        let (requests, error) = parse(chunked("A;name=\"value\"\r\n0123456789\r\n000b\r\nabcdefghijk\r\n0;last\r\nTrailer: x\r\n\r\n"))
        #expect(error == nil)
        #expect(requests.map(\.body) == [Array("0123456789abcdefghijk".utf8)])
    }

    // MARK: what is refused

    @Test(
        arguments: [
            // Lines.
            ("GET / HTTP/1.1\nHost: h\r\n\r\n", .bareLineFeed), ("GET / HTTP/1.1\r\nHost: h\n\r\n", .bareLineFeed),
            ("GET / HTTP/1.1\r\nHost: h\r\n\n", .bareLineFeed), ("\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", .bareLineFeed),
            (with("A: b\rC: d\r\n"), .invalidFieldValue), (with("A: b\r\r\n"), .invalidFieldValue),
            ("GET /\r HTTP/1.1\r\nHost: h\r\n\r\n", .invalidTarget),
            // The request line.
            ("GARBAGE\r\n\r\n", .invalidRequestLine), (" GET / HTTP/1.1\r\n\r\n", .invalidRequestLine),
            ("GET  / HTTP/1.1\r\nHost: h\r\n\r\n", .invalidRequestLine), ("GET /  HTTP/1.1\r\nHost: h\r\n\r\n", .invalidRequestLine),
            ("GET / HTTP/1.1 \r\nHost: h\r\n\r\n", .invalidRequestLine), ("GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", .invalidRequestLine),
            ("GET /\r\nHost: h\r\n\r\n", .invalidRequestLine), ("GET / http/1.1\r\nHost: h\r\n\r\n", .invalidRequestLine),
            ("GET / HTTP/1.10\r\nHost: h\r\n\r\n", .invalidRequestLine), ("G(T / HTTP/1.1\r\nHost: h\r\n\r\n", .invalidRequestLine),
            ("get / HTTP/1.1\r\nHost: h\r\n\r\n", .unknownMethod), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .unknownMethod),
            ("GET / HTTP/1.2\r\nHost: h\r\n\r\n", .unsupportedVersion), ("GET / HTTP/2.0\r\nHost: h\r\n\r\n", .unsupportedVersion),
            ("GET / HTTP/0.9\r\nHost: h\r\n\r\n", .unsupportedVersion),
            // Targets.
            ("CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", .invalidTarget),
            ("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", .invalidTarget), ("GET /#x HTTP/1.1\r\nHost: h\r\n\r\n", .invalidTarget),
            ("GET /ä HTTP/1.1\r\nHost: h\r\n\r\n", .invalidTarget), ("GET /\u{7F} HTTP/1.1\r\nHost: h\r\n\r\n", .invalidTarget),
            ("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n", .invalidTarget),
            // Fields.
            (with("A: b\r\n c\r\n"), .foldedField), (with("A: b\r\n\tc\r\n"), .foldedField),
            ("GET / HTTP/1.1\r\n Host: h\r\n\r\n", .foldedField),
            (with("A : b\r\n"), .invalidFieldName), (with("A\t: b\r\n"), .invalidFieldName), (with(": b\r\n"), .invalidFieldName),
            (with("A\r\n"), .invalidFieldName), (with("A b: c\r\n"), .invalidFieldName), (with("A\0: b\r\n"), .invalidFieldName),
            (with("Ä: b\r\n"), .invalidFieldName), (with("A(: b\r\n"), .invalidFieldName), (with("\"A\": b\r\n"), .invalidFieldName),
            (with("A: b\0c\r\n"), .invalidFieldValue), (with("A: b\u{1}\r\n"), .invalidFieldValue),
            (with("A: 0123456789\u{7F}\r\n"), .invalidFieldValue), (with("A: \u{1B}[0m0123456789\r\n"), .invalidFieldValue),
            // Host.
            ("GET / HTTP/1.1\r\n\r\n", .missingHost), (with("Host: h\r\n"), .repeatedHost), (with("HOST: other\r\n"), .repeatedHost),
            // Length.
            (with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), .ambiguousLength),
            (with("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), .ambiguousLength),
            (with("Content-Length: 1\r\nContent-Length: 1\r\n"), .repeatedContentLength),
            (with("Content-Length: 1\r\nContent-Length: 2\r\n"), .repeatedContentLength),
            (with("Content-Length: 1, 1\r\n"), .invalidContentLength), (with("Content-Length: +1\r\n"), .invalidContentLength),
            (with("Content-Length: -1\r\n"), .invalidContentLength), (with("Content-Length: 0x1\r\n"), .invalidContentLength),
            (with("Content-Length: 1 2\r\n"), .invalidContentLength), (with("Content-Length:\r\n"), .invalidContentLength),
            (with("Content-Length: 1a\r\n"), .invalidContentLength),
            (with("Content-Length: 99999999999999999999\r\n"), .invalidContentLength),
            (with("Content-Length: 1000000000000000000\r\n"), .invalidContentLength),
            (with("Transfer-Encoding: gzip\r\n"), .unsupportedTransferEncoding),
            (with("Transfer-Encoding: gzip, chunked\r\n"), .unsupportedTransferEncoding),
            (with("Transfer-Encoding: chunked, chunked\r\n"), .unsupportedTransferEncoding),
            (with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), .unsupportedTransferEncoding),
            (with("Transfer-Encoding: identity\r\n"), .unsupportedTransferEncoding),
            (with("Transfer-Encoding: xchunked\r\n"), .unsupportedTransferEncoding),
            (with("Transfer-Encoding:\r\n"), .unsupportedTransferEncoding),
            ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .unsupportedTransferEncoding),
            // Chunks.
            (chunked("\r\n"), .invalidChunkSize), (chunked("g\r\n"), .invalidChunkSize), (chunked("-1\r\n"), .invalidChunkSize),
            (chunked("0x1\r\na\r\n"), .invalidChunkSize), (chunked(" 1\r\na\r\n"), .invalidChunkSize),
            (chunked("1 \r\na\r\n"), .invalidChunkSize),
            (chunked("FFFFFFFFFFFFFFFF\r\n"), .invalidChunkSize), (chunked("10000000000000001\r\n"), .invalidChunkSize),
            (chunked("1;\0\r\na\r\n"), .invalidChunkSize), (chunked("1;a\rb\r\na\r\n"), .invalidChunkSize),
            (chunked("1\na\r\n"), .bareLineFeed),
            (chunked("1;\r\na\r\n"), .invalidChunkSize), (chunked("1;a b\r\na\r\n"), .invalidChunkSize),
            (chunked("1;a=\r\na\r\n"), .invalidChunkSize),
            (chunked("1;a=\"b\r\na\r\n"), .invalidChunkSize), (chunked("1;a=\"\\\"\"\r\na\r\n"), .invalidChunkSize),
            (chunked("1;ä\r\na\r\n"), .invalidChunkSize),
            (chunked("1\r\nab\r\n"), .invalidChunkEnd), (chunked("1\r\na\n0\r\n\r\n"), .invalidChunkEnd),
            (chunked("1\r\na\rb"), .invalidChunkEnd),
            // Trailers.
            (chunked("0\r\nContent-Length: 1\r\n\r\n"), .forbiddenTrailer), (chunked("0\r\nHost: h\r\n\r\n"), .forbiddenTrailer),
            (chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), .forbiddenTrailer), (chunked("0\r\nA : b\r\n\r\n"), .invalidFieldName),
            (chunked("0\r\nA: b\r\n c\r\n\r\n"), .foldedField), (chunked("0\r\nA: \0\r\n\r\n"), .invalidFieldValue),
        ] as [(String, HTTPSyntaxError)])
    func refuses(_ text: String, _ expected: HTTPSyntaxError) {
        let (requests, error) = parse(text)
        #expect(error == expected)
        #expect(requests.isEmpty)
    }

    @Test func aRefusalIsForGood() {
        var parser = RequestParser(maxBytes: 1000, maxFields: 10)
        var position = 0
        let bad = Array("nonsense\r\n".utf8)
        let good = Array(with("").utf8)
        #expect(bad.withUnsafeBytes { parser.next($0, &position) } == .refused(.invalidRequestLine))
        position = 0
        #expect(good.withUnsafeBytes { parser.next($0, &position) } == .refused(.invalidRequestLine))
    }

    // MARK: bounds, also for lines that never end

    @Test func theRequestLineIsBounded() {
        let long = "GET /" + String(repeating: "x", count: RequestParser.maxRequestLine)
        #expect(parse(long).error == .requestLineTooLong)
        #expect(parse(long + " HTTP/1.1\r\nHost: h\r\n\r\n").error == .requestLineTooLong)
    }

    @Test func theHeadIsBoundedInBytes() {
        let fits = with("A: \(String(repeating: "x", count: 1000 - 36))\r\n")
        #expect(fits.utf8.count == 1000)
        #expect(parse(fits, maxBytes: 1000).error == nil)
        #expect(parse(fits, maxBytes: 999).error == .headTooLarge(limit: 999))
        #expect(parse(String(fits.dropLast(4)), maxBytes: 900).error == .headTooLarge(limit: 900))
        #expect(parse(String(repeating: with("A: b\r\n"), count: 100), maxBytes: 100).requests.count == 100)
    }

    @Test func theFieldsAreCounted() {
        let fields = String(repeating: "A: b\r\n", count: 9)
        #expect(parse(with(fields), maxFields: 10).error == nil)
        #expect(parse(with(fields), maxFields: 9).error == .tooManyFields(limit: 9))
        #expect(parse(String(repeating: with(fields), count: 3), maxFields: 10).requests.count == 3)
    }

    @Test func chunkExtensionsAreBoundedEachAndTogether() {
        #expect(parse(chunked("1;" + String(repeating: "x", count: 256))).error == .chunkExtensionsTooLarge)
        #expect(parse(chunked("1;" + String(repeating: "x", count: 256) + "\r\na\r\n")).error == .chunkExtensionsTooLarge)
        let one = "1;" + String(repeating: "x", count: 99) + "\r\na\r\n"
        #expect(parse(chunked(String(repeating: one, count: 10)), maxBytes: 1000).error == nil)
        #expect(parse(chunked(String(repeating: one, count: 11)), maxBytes: 1000).error == .chunkExtensionsTooLarge)
    }

    @Test func trailersAreBounded() {
        #expect(parse(chunked("0\r\n" + String(repeating: "A: b\r\n", count: 6)), maxFields: 5).error == .tooManyFields(limit: 5))
        #expect(parse(chunked("0\r\nA: " + String(repeating: "x", count: 1000)), maxBytes: 1000).error == .headTooLarge(limit: 1000))
    }

    // MARK: seeded

    /// Requests, sound and less so, cut at every byte: what is read never depends on how it came.
    @Test func whereTheInputIsCutMakesNoDifference() {
        var random = SplitMix(seed: 20_261_128)
        for _ in 0..<200 {
            var bytes = Array(Self.randomRequests(&random).utf8)
            if random.next() % 2 == 0, !bytes.isEmpty {
                bytes[Int(random.next() % UInt64(bytes.count))] = [0, 9, 10, 13, 32, 58, 59, 127, 200][Int(random.next() % 9)]
            }
            let whole = parse([bytes])
            for cut in 1..<max(bytes.count, 2) {
                let halves = parse([Array(bytes[..<min(cut, bytes.count)]), Array(bytes[min(cut, bytes.count)...])])
                #expect(halves.requests == whole.requests && halves.error == whole.error, "cut at \(cut): \(bytes)")
            }
            let single = parse(bytes.map { [$0] })
            #expect(single.requests == whole.requests && single.error == whole.error, "byte for byte: \(bytes)")
        }
    }

    /// Valid requests are read as NIO's decoder reads them; broken ones that it refuses are refused here too.
    @Test func agreesWithTheDecoderOfNIOAndRefusesAllThatItRefuses() throws {
        var random = SplitMix(seed: 7_540_113)
        for _ in 0..<500 {
            let text = Self.randomRequests(&random)
            let (requests, error) = parse(text)
            #expect(error == nil, "\(text.debugDescription)")
            #expect(try requests == Self.decodedByNIO(Array(text.utf8)), "\(text.debugDescription)")
        }
        for _ in 0..<2000 {
            var bytes = Array(Self.randomRequests(&random).utf8)
            bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            // NIO refuses some lines before they end: let them end.
            bytes += Array("\r\n\r\n".utf8)
            let (requests, error) = parse([bytes])
            guard error == nil else { continue }
            #expect(try requests == Self.decodedByNIO(bytes), "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
    }

    private static func randomRequests(_ random: inout SplitMix) -> String {
        func pick(_ choices: [String]) -> String { choices[Int(random.next() % UInt64(choices.count))] }
        var text = ""
        for _ in 0...(random.next() % 3) {
            let body = String(repeating: pick(["x", "ab\r\n", "{}"]), count: Int(random.next() % 20))
            text += "\(pick(["GET", "POST", "DELETE"])) \(pick(["/", "/mcp", "/mcp?a=b", "/%20"])) HTTP/1.1\r\n"
            text += pick(["Host: h", "host:127.0.0.1:80", "HOST: \t[::1] "]) + "\r\n"
            for _ in 0..<(random.next() % 3) {
                text += pick(["Mcp-Name: a b", "mcp-name:\tä", "X-Y_z: \"q\"", "Accept: */*;q=0.1"]) + "\r\n"
            }
            switch random.next() % 3 {
            case 0: text += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            case 1:
                text += "Transfer-Encoding: chunked\r\n\r\n"
                var rest = Array(body.utf8)
                while !rest.isEmpty {
                    let size = min(rest.count, Int(random.next() % 7) + 1)
                    text += String(size, radix: 16) + pick(["", ";a=b"]) + "\r\n" + String(decoding: rest[..<size], as: UTF8.self) + "\r\n"
                    rest.removeFirst(size)
                }
                text += "0\r\n" + pick(["", "Trailer: x\r\n"]) + "\r\n"
            default: text += "\r\n"
            }
        }
        return text
    }

    /// Nil where it refuses.
    private static func decodedByNIO(_ bytes: [UInt8]) throws -> [Read]? {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { return nil }
        var requests: [Read] = []
        var current: Read?
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                current = Read(
                    method: head.method.rawValue, uri: head.uri, minorVersion: head.version.minor, names: head.headers["mcp-name"], body: []
                )
            case .body(let body): current?.body += Array(buffer: body)
            case .end: if let current { requests.append(current) }
            }
        }
        return requests
    }
}

/// A small generator with a seed, so that a failure can be had again.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
