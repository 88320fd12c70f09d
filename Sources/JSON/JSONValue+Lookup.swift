extension JSONValue {
    /// The member with this key, compared byte by byte after escapes; the last one where a key is repeated.
    package subscript(_ key: StaticString) -> JSONValue? {
        key.withUTF8Buffer { member(UnsafeRawBufferPointer($0)) }
    }

    /// The member with this key, compared byte by byte after escapes; the last one where a key is repeated.
    package subscript(key key: String) -> JSONValue? {
        var key = key
        return key.withUTF8 { member(UnsafeRawBufferPointer($0)) }
    }

    /// The element at a position; nil beyond the end and for anything but arrays. Costs what stands before it.
    package subscript(_ position: Int) -> JSONValue? {
        guard entry.kind == .array, position >= 0 else { return nil }
        var left = position
        for index in children {
            if left == 0 { return JSONValue(document: document, index: index) }
            left -= 1
        }
        return nil
    }

    /// Whether an object says the same key twice. Lookup then gives the last; a caller may want to refuse.
    package var hasDuplicateKeys: Bool {
        guard entry.kind == .object, count > 1 else { return false }
        var seen: Set<[UInt8]> = []
        for (key, _) in members where !seen.insert(key.utf8).inserted { return true }
        return false
    }

    private func member(_ key: UnsafeRawBufferPointer) -> JSONValue? {
        guard entry.kind == .object else { return nil }
        var found: Int?
        document.bytes.withUnsafeBytes { bytes in
            let entries = document.tape.entries
            var at = index + 1
            let end = Int(entries[index].next)
            while at < end {
                if JSONValue.matches(entries[at], bytes, key) { found = at + 1 }
                at = Int(entries[at + 1].next)
            }
        }
        return found.map { JSONValue(document: document, index: $0) }
    }
}
