/// Checks that bytes are exactly one JSON document (RFC 8259) and writes its tape, in one pass.
///
/// Strict: UTF-8 is validated, no byte order mark, nothing after the document. An escaped half of a surrogate
/// pair is refused, since no valid UTF-8 can carry it on. Duplicate keys are accepted; lookup gives the last.
/// The scan is iterative and allocates nothing when the tape is warm; the stack it needs doesn't depend on input.
package struct JSONScanner: Sendable {
    package var limits: JSONLimits

    package init(limits: JSONLimits = .default) { self.limits = limits }

    /// Scans `bytes` and replaces what `tape` held. After an error the tape is empty.
    package func scan(_ bytes: UnsafeRawBufferPointer, into tape: inout JSONTape) throws(JSONError) {
        tape.removeAll()
        let largest = min(limits.maxBytes, Int(UInt32.max) - 1)
        guard bytes.count <= largest else { throw JSONError(.sizeLimit, at: largest) }
        guard let base = bytes.baseAddress, !bytes.isEmpty else { throw JSONError(.empty, at: 0) }
        var pass = Pass(base: base, end: bytes.count, maxDepth: limits.maxDepth)
        do {
            try pass.document(&tape.entries)
            tape.hasInnerWhitespace = pass.innerWhitespace
        } catch {
            tape.removeAll()
            throw error
        }
    }
}
