extension JSONValue {
    /// The text of a string, escapes resolved; nil for all else.
    package var string: String? {
        let entry = entry
        guard entry.kind == .string else { return nil }
        if entry.isEscaped { return String(decoding: utf8, as: UTF8.self) }
        return document.bytes.withUnsafeBytes { String(decoding: JSONValue.content(entry, $0), as: UTF8.self) }
    }

    /// Whether this is a string with exactly these bytes. Allocates nothing, whatever escapes it contains.
    package func isString(_ text: StaticString) -> Bool {
        let entry = entry
        guard entry.kind == .string else { return false }
        return text.withUTF8Buffer { text in
            document.bytes.withUnsafeBytes { JSONValue.matches(entry, $0, UnsafeRawBufferPointer(text)) }
        }
    }

    /// Whether this is a string with exactly these bytes (not Unicode's canonical equivalence).
    package func isString(_ text: String) -> Bool {
        let entry = entry
        guard entry.kind == .string else { return false }
        var text = text
        return text.withUTF8 { text in
            document.bytes.withUnsafeBytes { JSONValue.matches(entry, $0, UnsafeRawBufferPointer(text)) }
        }
    }

    /// The bytes of a string, escapes resolved; empty for all else.
    package var utf8: [UInt8] {
        let entry = entry
        guard entry.kind == .string else { return [] }
        return document.bytes.withUnsafeBytes { bytes in
            let content = JSONValue.content(entry, bytes)
            guard entry.isEscaped else { return Array(content) }
            return Array(unsafeUninitializedCapacity: content.count) { buffer, count in
                var source = JSONStringBytes(content)
                while let byte = source.next() {
                    buffer.initializeElement(at: count, to: byte)
                    count += 1
                }
            }
        }
    }

    /// What stands between the quotes.
    static func content(_ entry: JSONTape.Entry, _ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = Int(entry.offset) + 1
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(entry.length) - 2])
    }

    static func matches(
        _ entry: JSONTape.Entry, _ bytes: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer
    ) -> Bool {
        guard entry.isEscaped else {
            guard Int(entry.length) == text.count + 2 else { return false }
            guard let bytes = bytes.baseAddress, let wanted = text.baseAddress else { return true }
            return ByteWord.equal(bytes + Int(entry.offset) + 1, wanted, count: text.count)
        }
        let content = content(entry, bytes)
        var source = JSONStringBytes(content)
        for expected in text where source.next() != expected { return false }
        return source.next() == nil
    }
}
