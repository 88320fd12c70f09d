/// Writes compact JSON into one array of bytes. Commas are put where they belong; brackets are the caller's duty.
package struct JSONWriter: Sendable {
    /// What was written so far.
    package internal(set) var bytes: [UInt8] = []
    private var needsComma = false
    /// Bytes of a string that is put together first: one look at the array instead of four.
    static var short: Int { 56 }

    package init(reserving: Int = 0) { bytes.reserveCapacity(reserving) }

    /// Forgets what was written, to begin another document.
    package mutating func removeAll(keepingCapacity: Bool = true) {
        bytes.removeAll(keepingCapacity: keepingCapacity)
        needsComma = false
    }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A member's key that needs no escaping, which is asserted.
    package mutating func key(_ key: StaticString) {
        quoted(key, then: UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member's key that may need escapes.
    package mutating func key(escaping key: String) {
        string(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A string that needs no escaping, which is asserted.
    package mutating func string(_ text: StaticString) {
        quoted(text, then: nil)
        complete()
    }

    /// The beginning of a value, as far as it is known beforehand: what several calls would write, at once.
    package mutating func fragment(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = false
    }

    package mutating func bool(_ value: Bool) { verbatim(value ? "true" : "false") }
    package mutating func null() { verbatim("null") }

    /// Bytes that the caller knows to be one JSON value, as they are.
    package mutating func raw(_ value: [UInt8]) {
        separate()
        bytes.append(contentsOf: value)
        needsComma = true
    }

    /// Bytes that the caller knows to be one JSON value, as they are.
    package mutating func raw(_ value: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: value)
        needsComma = true
    }

    /// A value of a document, without white space between tokens, else unchanged (A11).
    package mutating func raw(_ value: JSONValue) {
        separate()
        value.appendCompact(to: &bytes)
        needsComma = true
    }

    /// Text that needs no escapes.
    mutating func verbatim(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    /// Begins a value or key: writes the comma that is due.
    @inline(__always)
    mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    /// Ends a value.
    @inline(__always)
    mutating func complete() { needsComma = true }

    private mutating func quoted(_ text: StaticString, then last: UInt8?) {
        text.withUTF8Buffer { text in
            assert(text.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }, "a static string must not need escapes")
            quoted(UnsafeRawBufferPointer(text), then: last)
        }
    }

    /// A comma where it is due, and bytes that need no escapes between quotes.
    @inline(__always)
    mutating func quoted(_ text: UnsafeRawBufferPointer, then last: UInt8?) {
        guard text.count <= Self.short, let base = text.baseAddress else {
            separate()
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: text)
            bytes.append(UInt8(ascii: "\""))
            if let last { bytes.append(last) }
            return
        }
        withUnsafeTemporaryAllocation(byteCount: Self.short + 8, alignment: 8) { whole in
            let start = whole.baseAddress.unsafelyUnwrapped
            // The comma stands in front of the quote; the text begins at its word.
            start.storeBytes(of: UInt8(ascii: ","), toByteOffset: 2, as: UInt8.self)
            start.storeBytes(of: UInt8(ascii: "\""), toByteOffset: 3, as: UInt8.self)
            (start + 4).copyMemory(from: base, byteCount: text.count)
            var end = 4 &+ text.count
            start.storeBytes(of: UInt8(ascii: "\""), toByteOffset: end, as: UInt8.self)
            end &+= 1
            if let last {
                start.storeBytes(of: last, toByteOffset: end, as: UInt8.self)
                end &+= 1
            }
            let begin = needsComma ? 2 : 3
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: start + begin, count: end &- begin))
        }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }
}
