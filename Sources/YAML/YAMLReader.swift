internal import CLibYAML

/// Reads one YAML document: libyaml's events into nodes with lines.
///
/// Left out because nothing that is written for Ambit needs it, and each is a way to be surprised: anchors and aliases, tags, merge keys, several
/// documents, keys that are not plain text. Each is a problem; the rest is read all the same, so that all of them are told at once.
package struct YAMLReader: ~Copyable {
    /// How deep lists and mappings may nest.
    static let deepest = 32

    private var parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private var problems: [YAMLError] = []

    package static func read(_ bytes: [UInt8]) -> YAMLDocument {
        do throws(YAMLError) {
            var reader = try YAMLReader(bytes)
            return reader.document()
        } catch {
            return YAMLDocument(problems: [error], isWhole: false)
        }
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

    private mutating func document() -> YAMLDocument {
        var document = YAMLDocument()
        do throws(YAMLError) {
            _ = try next()  // the start of the stream
            guard try next().kind == .documentStart else { return document }
            let event = try next()
            if event.kind == .mappingStart {
                try readMembers(event, into: &document)
            } else {
                document.root = try node(event, depth: 0)
            }
            _ = try next()  // the end of the document
            let end = try next()
            if end.kind != .streamEnd {
                problems.append(YAMLError(line: end.line, text: "a second document begins; there may be only one"))
            }
        } catch {
            problems.append(error)
            document.isWhole = false
        }
        document.problems = problems
        return document
    }

    /// The members of the outermost mapping: what came before a place that can't be read is kept.
    private mutating func readMembers(_ event: YAMLEvent, into document: inout YAMLDocument) throws(YAMLError) {
        complain(of: event)
        var members: [YAMLNode.Member] = []
        var lines: [String: Int] = [:]
        do throws(YAMLError) {
            while try readMember(&members, &lines, depth: 0) {}
            document.root = .mapping(members, line: event.line)
        } catch {
            // In `a: b: c` a value has been read by then that is none.
            members.removeAll { $0.line == error.line }
            document.root = .mapping(members, line: event.line)
            throw error
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth <= Self.deepest else { throw YAMLError(line: event.line, text: "it nests deeper than \(Self.deepest) levels") }
        complain(of: event)
        let node: YAMLNode
        switch event.kind {
        case .scalar: node = .scalar(event.text, isPlain: event.isPlain, line: event.line)
        case .sequenceStart: node = try sequence(event.line, depth)
        case .mappingStart: node = try mapping(event.line, depth)
        case .alias: node = .refused(line: event.line)
        default: throw YAMLError(line: event.line, text: "a value is missing")
        }
        // An anchor does not change what it names; a tag may.
        return event.isTagged ? .refused(line: event.line) : node
    }

    private mutating func complain(of event: YAMLEvent) {
        func complain(_ text: String) { problems.append(YAMLError(line: event.line, text: text)) }
        if event.isAnchored { complain("anchors (&name) are not supported; write the value out") }
        if event.isTagged { complain("tags (!name) are not supported; put text in quotes") }
        if event.kind == .alias { complain("aliases (*name) are not supported; write the value out") }
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
        while try readMember(&members, &lines, depth: depth) {}
        return .mapping(members, line: line)
    }

    /// False at the end of the mapping.
    private mutating func readMember(
        _ members: inout [YAMLNode.Member], _ lines: inout [String: Int], depth: Int
    ) throws(YAMLError) -> Bool {
        let event = try next()
        if event.kind == .mappingEnd { return false }
        guard event.kind == .scalar, !event.isAnchored, !event.isTagged else {
            problems.append(YAMLError(line: event.line, text: "a key must be a plain word or a quoted text"))
            let count = problems.count
            _ = try node(event, depth: depth + 1)
            _ = try node(try next(), depth: depth + 1)
            problems.removeSubrange(count...)
            return true
        }
        if event.isPlain, event.text == "<<" {
            problems.append(YAMLError(line: event.line, text: "merge keys (<<) are not supported; write the members out"))
            let count = problems.count
            let value = try node(try next(), depth: depth + 1)
            problems.removeSubrange(count...)
            members.append(.init(key: event.text, line: event.line, value: .refused(line: value.line)))
            return true
        }
        let value = try node(try next(), depth: depth + 1)
        if let other = lines[event.text] {
            problems.append(YAMLError(line: event.line, text: "the key '\(event.text)' is there already, in line \(other)"))
        } else {
            lines[event.text] = event.line
            members.append(.init(key: event.text, line: event.line, value: value))
        }
        return true
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
