import Testing

@testable import JSON

struct ScannerTests {
    @Test(arguments: [
        ("", JSONError.Kind.empty, 0), ("  \n", .empty, 3), ("{", .unexpectedEnd, 1), ("[1,]", .unexpectedByte, 3),
        ("[1 2]", .unexpectedByte, 3), ("{\"a\" 1}", .unexpectedByte, 5), ("{a:1}", .unexpectedByte, 1),
        ("{\"a\":1,}", .unexpectedByte, 7), ("[1}", .unexpectedByte, 2), ("{\"a\":1]", .unexpectedByte, 6),
        ("tru", .unexpectedEnd, 3), ("trux", .invalidLiteral, 0), ("nulL", .invalidLiteral, 0),
        ("01", .invalidNumber, 0), ("-", .unexpectedEnd, 1), ("[-]", .invalidNumber, 1), ("[1.]", .invalidNumber, 1),
        ("[1e+]", .invalidNumber, 1), ("1.", .unexpectedEnd, 2), ("\"ab", .unexpectedEnd, 3),
        ("\"a\u{1}\"", .controlCharacter, 2), ("\"\\x\"", .invalidEscape, 1), ("\"\\u12G4\"", .invalidEscape, 1),
        ("\"\\u12", .unexpectedEnd, 5), ("\"\\uD800\"", .loneSurrogate, 1), ("\"\\uD800\\u0041\"", .loneSurrogate, 1),
        ("\"\\uDC00\"", .loneSurrogate, 1), ("1 1", .trailingContent, 2), ("{}x", .trailingContent, 2),
        ("\u{FEFF}1", .byteOrderMark, 0), ("\u{B}1", .unexpectedByte, 0),
    ])
    func `an error names its kind and the byte`(text: String, kind: JSONError.Kind, offset: Int) {
        #expect(refusal(Array(text.utf8)) == JSONError(kind, at: offset))
    }

    @Test func `a description says what is wrong and where`() {
        #expect(refusal(Array("[1,]".utf8))?.description == "this byte can't stand here (at byte 3)")
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3], [0xE2, 0x28, 0xA1],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused`(bad: [UInt8]) {
        let document = Array("\"long enough to use words: ".utf8) + bad + Array("\"".utf8)
        #expect(refusal(document) == JSONError(.invalidUTF8, at: 27))
    }

    @Test func `every scalar value passes, as bytes and escaped`() throws {
        var plain = "\""
        var expected = ""
        for value in stride(from: UInt32(0x20), through: 0x10FFFF, by: 37) {
            guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else { continue }
            plain.unicodeScalars.append(scalar)
            expected.unicodeScalars.append(scalar)
        }
        plain += "\""
        #expect(try root(plain).string == expected)

        for scalar in ["\u{0}", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"] {
            let escaped = scalar.utf16.map { unit in
                let hex = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }.joined()
            #expect(try root("\"\(escaped)\"").string == scalar)
        }
    }

    @Test func `a special byte is found at every position of a word`() throws {
        for before in 0..<20 {
            for (special, meaning) in [("\\n", "\n"), ("é", "é"), ("\\\"", "\"")] {
                let a = String(repeating: "x", count: before)
                #expect(
                    try root("[\"\(a)\(special)yyyyyyyyyyyyyyyyy\"]")[0]?.string == a + meaning + "yyyyyyyyyyyyyyyyy")
            }
            let bytes = Array("\"".utf8) + Array(repeating: 0x79, count: before) + [0x1F] + Array("yyyyyyyyyyyy\"".utf8)
            #expect(refusal(bytes) == JSONError(.controlCharacter, at: before + 1))
        }
    }

    @Test func `depth has a limit of its own`() {
        let deep = { (depth: Int) in
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(refusal(deep(128)) == nil)
        #expect(refusal(deep(129)) == JSONError(.depthLimit, at: 128))
        #expect(refusal(deep(3), limits: JSONLimits(maxDepth: 2)) == JSONError(.depthLimit, at: 2))
        let objects = Array(String(repeating: "{\"a\":", count: 4).utf8)
        #expect(refusal(objects, limits: JSONLimits(maxDepth: 3))?.kind == .depthLimit)
    }

    @Test func `a million open brackets don't use the stack`() throws {
        let depth = 1_000_000
        let limits = JSONLimits(maxDepth: depth, maxBytes: 3 * depth)
        let bytes =
            Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
        let document = try JSONDocument(bytes, limits: limits)
        #expect(document.root.count == 1)
        #expect(refusal(Array(bytes.dropLast()), limits: limits)?.kind == .unexpectedEnd)
    }

    @Test func `size has a limit of its own`() {
        #expect(refusal(Array("[1,2]".utf8), limits: JSONLimits(maxBytes: 5)) == nil)
        #expect(refusal(Array("[1,2] ".utf8), limits: JSONLimits(maxBytes: 5)) == JSONError(.sizeLimit, at: 5))
    }

    @Test func `a tape can be used again, also after an error`() throws {
        let scanner = JSONScanner()
        var tape = JSONTape()
        try Array("[1,[2,3]]".utf8).withUnsafeBytes { try scanner.scan($0, into: &tape) }
        #expect(tape.count == 5)
        #expect(throws: JSONError.self) {
            try Array("[1,2,3,4,5,6".utf8).withUnsafeBytes { try scanner.scan($0, into: &tape) }
        }
        #expect(tape.count == 0)
        try Array("7".utf8).withUnsafeBytes { try scanner.scan($0, into: &tape) }
        #expect(tape.count == 1)
    }

    @Test func `a warm tape keeps its storage, so that a scan allocates nothing`() throws {
        let bytes = Array(#"{"a":[1,2,{"b":"c"}],"d":null}"#.utf8)
        var tape = JSONTape()
        try bytes.withUnsafeBytes { try JSONScanner().scan($0, into: &tape) }
        let storage = tape.entries.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
        let capacity = tape.entries.capacity
        for _ in 0..<100 { try bytes.withUnsafeBytes { try JSONScanner().scan($0, into: &tape) } }
        #expect(tape.entries.capacity == capacity)
        #expect(tape.entries.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) } == storage)
    }

    @Test func `mutated documents never crash, and what is accepted reads back`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("JSON fuzz seed: \(seed)")
        var random = SeededGenerator(state: seed)
        let original = Array(
            #"{"jsonrpc":"2.0","id":1,"a":[1,-2.5e3,true,null,"\u00e9\ud83d\ude00é😀\n"],"o":{"k":{}, "l" : [ [ ] ]}}"#
                .utf8)
        let alphabet = Array(#"{}[]",:\u0019eE+-.tfn é"#.utf8) + [0x00, 0x80, 0xFF]
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: at)
                case 1: bytes.insert(alphabet.randomElement(using: &random)!, at: at)
                case 2: bytes[at] = alphabet.randomElement(using: &random)!
                default: bytes.removeSubrange(at...)
                }
                if bytes.isEmpty { break }
            }
            guard let document = try? JSONDocument(bytes) else { continue }
            accepted += 1
            let compact = document.root.compact
            let again = try JSONDocument(compact)
            #expect(shape(again.root) == shape(document.root), "seed \(seed): \(text(bytes))")
        }
        #expect(accepted > 100, "seed \(seed)")
    }
}
