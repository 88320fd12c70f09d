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
        let found = document.tape.entries.withUnsafeBufferPointer { entries -> Int in
            guard entries[index].kind == .object else { return -1 }
            return document.bytes.withUnsafeBytes { bytes in
                var found = -1
                var at = index &+ 1
                let end = Int(entries[index].next)
                let length = UInt32(truncatingIfNeeded: key.count &+ 2)
                while at < end {
                    // Nearly always the lengths differ, and then nothing else is looked at.
                    let entry = entries[at]
                    if entry.length == length || entry.isEscaped, JSONValue.matches(entry, bytes, key) { found = at &+ 1 }
                    at = Int(entries[at &+ 1].next)
                }
                return found
            }
        }
        return found < 0 ? nil : JSONValue(document: document, index: found)
    }
}
