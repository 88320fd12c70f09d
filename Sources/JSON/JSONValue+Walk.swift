extension JSONValue {
    /// Walks the members of an object once, in order and duplicates included; does nothing for all else. For who looks for several keys:
    /// `body` notes places, which ``at(_:)`` takes afterwards.
    package func walk(_ body: (_ key: JSONKey, _ place: Int32) -> Void) {
        document.tape.entries.withUnsafeBufferPointer { entries in
            guard entries[index].kind == .object else { return }
            document.bytes.withUnsafeBytes { bytes in
                var at = index &+ 1
                let end = Int(entries[index].next)
                while at < end {
                    body(JSONKey(entry: entries[at], bytes: bytes), Int32(truncatingIfNeeded: at &+ 1))
                    at = Int(entries[at &+ 1].next)
                }
            }
        }
    }

    /// The value at a place that ``walk(_:)`` has told, in the same document; nil for a place below zero, where nothing was found.
    package func at(_ place: Int32) -> JSONValue? { place < 0 ? nil : JSONValue(document: document, index: Int(place)) }
}

/// The key of a member while its object is walked; not to be kept.
package struct JSONKey {
    let entry: JSONTape.Entry
    let bytes: UnsafeRawBufferPointer

    /// Whether it is this text, byte by byte after escapes.
    package func `is`(_ text: StaticString) -> Bool {
        guard entry.isEscaped || Int(entry.length) == text.utf8CodeUnitCount &+ 2 else { return false }
        return text.withUTF8Buffer { JSONValue.matches(entry, bytes, UnsafeRawBufferPointer($0)) }
    }
}
