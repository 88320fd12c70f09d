import JSON

/// The scanner, and what is read from its tape.
enum JSONTarget {
    static func run(_ bytes: [UInt8]) {
        guard let document = try? JSONDocument(bytes) else { return }
        walk(document.root)
        let compact = document.root.compact
        guard let again = try? JSONDocument(compact) else { return expect(false, "what was read can be written and read again") }
        expect(again.root.compact == compact, "compact is compact")
        expect(again.root.kind == document.root.kind && again.root.count == document.root.count, "compact keeps what there is")
        // A string that is written anew is the same string.
        if let text = document.root.string {
            var writer = JSONWriter()
            writer.string(text)
            expect((try? JSONDocument(writer.bytes))?.root.string == text, "strings survive")
        }
    }

    private static func walk(_ value: JSONValue) {
        switch value.kind {
        case .string: expect(value.isString(value.string ?? ""), "a string is what it says")
        case .number:
            if let integer = value.int64, integer.magnitude < 1 << 53 { expect(value.double == Double(integer), "one number, one value") }
        case .array: for element in value.elements { walk(element) }
        case .object:
            for (key, member) in value.members {
                expect(value[key: key.string ?? ""] != nil, "a member is found by its key")
                walk(member)
            }
        case .null, .bool: break
        }
    }
}
