/// Writes compact JSON into one array of bytes. Commas are put where they belong; brackets are the caller's duty.
package struct JSONWriter: Sendable {
    /// What was written so far.
    package internal(set) var bytes: [UInt8] = []
    private var needsComma = false

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
        separate()
        bytes.append(UInt8(ascii: "\""))
        key.withUTF8Buffer {
            assert($0.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }, "a static key must not need escapes")
            bytes.append(contentsOf: $0)
        }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func key(_ key: String) {
        string(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func bool(_ value: Bool) { verbatim(value ? "true" : "false") }
    package mutating func null() { verbatim("null") }

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
