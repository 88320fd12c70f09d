/// Bytes that were found to be one JSON document, and their tape. Immutable; views into it keep it alive.
package final class JSONDocument: Sendable {
    /// The document exactly as it was given.
    package let bytes: [UInt8]
    let tape: JSONTape

    /// Scans `bytes` and keeps them.
    package init(_ bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        var tape = JSONTape(reserving: min(bytes.count / 8 + 4, 4096))
        let outcome = bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try JSONScanner(limits: limits).scan(buffer, into: &tape) }
        }
        try outcome.get()
        self.bytes = bytes
        self.tape = tape
    }

    package convenience init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(Array(text.utf8), limits: limits)
    }

    /// Bytes that it takes, the tape included.
    package var memory: Int { bytes.count + tape.entries.count * MemoryLayout<JSONTape.Entry>.stride }

    package var root: JSONValue { JSONValue(document: self, index: 0) }

    /// The value at a tape index, or nil when there is none. Keys count as strings. The C ABI addresses values so.
    package func value(at index: Int) -> JSONValue? {
        tape.entries.indices.contains(index) ? JSONValue(document: self, index: index) : nil
    }
}
