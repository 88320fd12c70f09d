internal import CLibYAML

/// Reads one YAML document: libyaml's events into nodes with lines.
///
/// Left out because a configuration needs none of it, and each is a way to be surprised: anchors and aliases, tags, merge keys, several
/// documents, keys that are not plain text.
struct YAMLReader: ~Copyable {
    /// How deep lists and mappings may nest.
    static let deepest = 32

    private var parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    /// - Returns: nil for a text without a value.
    static func read(_ bytes: [UInt8]) throws(YAMLError) -> YAMLNode? {
        var reader = try YAMLReader(bytes)
        return try reader.document()
    }

    private init(_ text: [UInt8]) throws(YAMLError) {
        // It is read from memory that stays where it is.
        bytes = .allocate(capacity: max(1, text.count))
        _ = bytes.initialize(from: text)
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            bytes.deallocate()
            throw YAMLError(line: 0, text: "out of memory")
        }
        yaml_parser_set_input_string(parser, bytes.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        bytes.deallocate()
    }

    private mutating func document() throws(YAMLError) -> YAMLNode? {
        _ = try next()  // the start of the stream
        var event = try next()
        guard event.kind == .documentStart else { return nil }
        let root = try node(try next(), depth: 0)
        _ = try next()  // the end of the document
        event = try next()
        guard event.kind == .streamEnd else {
            throw YAMLError(line: event.line, text: "a second document begins; there may be only one")
        }
        return root
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth <= Self.deepest else { throw YAMLError(line: event.line, text: "it nests deeper than \(Self.deepest) levels") }
        if event.isAnchored { throw YAMLError(line: event.line, text: "anchors (&name) are not supported; write the value out") }
        if event.isTagged { throw YAMLError(line: event.line, text: "tags (!name) are not supported; put text in quotes") }
        switch event.kind {
        case .scalar: return .scalar(event.text, isPlain: event.isPlain, line: event.line)
        case .sequenceStart: return try sequence(event.line, depth)
        case .mappingStart: return try mapping(event.line, depth)
        case .alias: throw YAMLError(line: event.line, text: "aliases (*name) are not supported; write the value out")
        default: throw YAMLError(line: event.line, text: "a value is missing")
        }
    }

    private mutating func sequence(_ line: Int, _ depth: Int) throws(YAMLError) -> YAMLNode {
        var elements: [YAMLNode] = []
        while true {
            let event = try next()
            if event.kind == .sequenceEnd { return .sequence(elements, line: line) }
            elements.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func mapping(_ line: Int, _ depth: Int) throws(YAMLError) -> YAMLNode {
        var members: [YAMLNode.Member] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try next()
            if event.kind == .mappingEnd { return .mapping(members, line: line) }
            guard event.kind == .scalar, !event.isAnchored, !event.isTagged else {
                throw YAMLError(line: event.line, text: "a key must be a plain word or a quoted text")
            }
            if event.isPlain, event.text == "<<" {
                throw YAMLError(line: event.line, text: "merge keys (<<) are not supported; write the members out")
            }
            if let other = lines.updateValue(event.line, forKey: event.text) {
                throw YAMLError(line: event.line, text: "the key '\(event.text)' is there already, in line \(other)")
            }
            members.append(.init(key: event.text, line: event.line, value: try node(try next(), depth: depth + 1)))
        }
    }

    private mutating func next() throws(YAMLError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else {
            let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it can't be read"
            // A problem of the bytes has an offset and no line.
            let isOfBytes = parser.pointee.error == YAML_READER_ERROR
            throw YAMLError(line: isOfBytes ? 0 : Int(parser.pointee.problem_mark.line) + 1, text: problem)
        }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(event)
    }
}
