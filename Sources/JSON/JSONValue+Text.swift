extension JSONValue {
    /// The bytes that a string stands for, without a copy; nil where it contains an escape, and for anything but strings.
    package var plainText: ArraySlice<UInt8>? {
        let entry = entry
        guard entry.kind == .string, !entry.isEscaped else { return nil }
        let start = Int(entry.offset) + 1
        return document.bytes[start..<start + Int(entry.length) - 2]
    }

    /// Replaces `bytes` by those that a string stands for, in the room that `bytes` has already; by nothing for all else.
    package func copyText(into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        let entry = entry
        guard entry.kind == .string else { return }
        document.bytes.withUnsafeBytes { all in
            let content = JSONValue.content(entry, all)
            guard entry.isEscaped else { return bytes.append(contentsOf: content) }
            var source = JSONStringBytes(content)
            while let byte = source.next() { bytes.append(byte) }
        }
    }
}
