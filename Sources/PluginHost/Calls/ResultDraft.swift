internal import JSON
internal import MCP

/// A result that a plugin writes piece by piece (A5, A10). A value: what may follow what is decided here, without threads or calls.
struct ResultDraft: Sendable {
    /// Bytes of text, data and structured content together: 64 MiB.
    static let standardLimit = 64 << 20
    static let maximalDepth = 128
    static let maximalBlocks = 65_536

    enum Value: Sendable {
        case string(String)
        case integer(Int64)
        case number(Double)
        case boolean(Bool)
        case null
        case raw(JSONValue)
    }

    private struct Block: Sendable {
        let head: ContentHead
        var bytes: [UInt8]
    }

    private enum Frame: Sendable, Equatable {
        case array
        case objectKey
        case objectValue
    }

    private let limit: Int
    private var blocks: [Block] = []
    private var writer = JSONWriter()
    private var frames: [Frame] = []
    private var hasStructured = false
    /// Bytes of the blocks.
    private var blockBytes = 0

    init(limit: Int = Self.standardLimit) { self.limit = limit }

    private func charge(_ count: Int) throws(Refusal) {
        guard count <= limit - blockBytes - writer.bytes.count else {
            throw Refusal(.overQuota, "the result is larger than \(limit) bytes, the most that a call may answer", quota: "result bytes")
        }
    }

    // MARK: - Content

    mutating func begin(_ head: ContentHead) throws(Refusal) {
        guard blocks.count < Self.maximalBlocks else {
            throw Refusal(.overQuota, "the result has \(Self.maximalBlocks) blocks already", quota: "result blocks")
        }
        blocks.append(Block(head: head, bytes: []))
    }

    mutating func append(_ piece: UnsafeRawBufferPointer, asText: Bool) throws(Refusal) {
        guard let last = blocks.last else { throw .invalid("no content block has begun: call begin first") }
        guard asText == last.head.hasText else {
            throw .invalid(asText ? "the current block has data, no text" : "the current block has text, no data")
        }
        try charge(piece.count)
        blocks[blocks.count - 1].bytes.append(contentsOf: piece)
        blockBytes += piece.count
    }

    // MARK: - Structured content

    private mutating func beforeValue() throws(Refusal) {
        switch frames.last {
        case .none:
            guard !hasStructured else { throw .invalid("the structured content is complete: it is one value") }
            hasStructured = true
        case .array: break
        case .objectKey: throw .invalid("an object takes a key before a value")
        case .objectValue: frames[frames.count - 1] = .objectKey
        }
    }

    mutating func begin(object: Bool) throws(Refusal) {
        guard frames.count < Self.maximalDepth else { throw .invalid("the structured content is deeper than \(Self.maximalDepth)") }
        try charge(2)
        try beforeValue()
        if object { writer.beginObject() } else { writer.beginArray() }
        frames.append(object ? .objectKey : .array)
    }

    mutating func end(object: Bool) throws(Refusal) {
        switch frames.last {
        case .objectKey where object: writer.endObject()
        case .array where !object: writer.endArray()
        case .objectValue where object: throw .invalid("a key has no value yet")
        default: throw .invalid(object ? "no object is open here" : "no array is open here")
        }
        frames.removeLast()
    }

    mutating func key(_ key: String) throws(Refusal) {
        guard frames.last == .objectKey else { throw .invalid("a key can't stand here: only in an object, and once before each value") }
        try charge(key.utf8.count + 3)
        writer.key(escaping: key)
        frames[frames.count - 1] = .objectValue
    }

    mutating func value(_ value: Value) throws(Refusal) {
        switch value {
        case .string(let text): try charge(text.utf8.count + 2)
        case .raw(let raw): try charge(raw.raw.count)
        case .number(let number):
            guard number.isFinite else { throw .invalid("the value is \(number), which JSON can't say") }
            try charge(32)
        case .integer, .boolean, .null: try charge(32)
        }
        try beforeValue()
        switch value {
        case .string(let text): writer.string(text)
        case .integer(let integer): writer.int(integer)
        case .number(let number): writer.double(number)
        case .boolean(let flag): writer.bool(flag)
        case .null: writer.null()
        case .raw(let raw): writer.raw(raw)
        }
    }

    // MARK: - End

    func result(isError: Bool, meta: JSONValue?) throws(Refusal) -> CallResult {
        guard frames.isEmpty else { throw .invalid("the structured content is not complete: \(frames.count) objects or arrays are open") }
        var content: [Content] = []
        content.reserveCapacity(blocks.count)
        var roles: [Role] = []
        for (index, block) in blocks.enumerated() {
            block.head.note(index, in: &roles)
            guard block.head.hasText else {
                content.append(block.head.content(text: "", data: block.bytes))
                continue
            }
            guard let text = String(validating: block.bytes, as: UTF8.self) else { throw .invalid("a text is not valid UTF-8") }
            content.append(block.head.content(text: text, data: []))
        }
        // Each piece was checked as it came, and the whole charged.
        let structured: JSONValue? = hasStructured ? .written(writer) : nil
        return CallResult(content: content, roles: roles, structured: structured, isError: isError, meta: meta)
    }
}
