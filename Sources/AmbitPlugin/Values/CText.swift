/// Text across the ABI: always copied on its way in, borrowed for one call on its way out (A5).

extension String {
    /// Copies. Invalid UTF-8, which the host never sends, is mended rather than trusted.
    init(_ text: ambit_text) {
        guard let data = text.data, text.size > 0 else {
            self = ""
            return
        }
        let bytes = UnsafeRawBufferPointer(start: data, count: Int(clamping: text.size))
        self = String(decoding: bytes, as: UTF8.self)
    }

    /// The text for the duration of `body`.
    func withAmbitText<R, E: Error>(_ body: (ambit_text) throws(E) -> R) throws(E) -> R {
        var copy = self
        // withUTF8 rethrows untyped errors, so the outcome travels in a Result.
        let result: Result<R, E> = copy.withUTF8 { bytes in
            let data = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
            do throws(E) {
                return .success(try body(ambit_text(data: data, size: UInt64(bytes.count))))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

extension [UInt8] {
    init(_ bytes: ambit_bytes) {
        guard let data = bytes.data, bytes.size > 0 else {
            self = []
            return
        }
        self = Array(UnsafeBufferPointer(start: data, count: Int(clamping: bytes.size)))
    }

    /// The bytes for the duration of `body`.
    func withAmbitBytes<R, E: Error>(_ body: (ambit_bytes) throws(E) -> R) throws(E) -> R {
        let result: Result<R, E> = withUnsafeBufferPointer { bytes in
            do throws(E) {
                return .success(try body(ambit_bytes(data: bytes.baseAddress, size: UInt64(bytes.count))))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

/// Many strings as bytes (argv, environment) for the duration of `body`.
func withAmbitBytes<R>(_ strings: [String], _ body: (UnsafePointer<ambit_bytes>?, UInt64) -> R) -> R {
    var all: [UInt8] = []
    var ends: [Int] = []
    for string in strings {
        all.append(contentsOf: string.utf8)
        ends.append(all.count)
    }
    return all.withUnsafeBufferPointer { buffer in
        var start = 0
        let slices = ends.map { end in
            defer { start = end }
            return ambit_bytes(data: buffer.baseAddress.map { $0 + start }, size: UInt64(end - start))
        }
        return slices.withUnsafeBufferPointer { body($0.baseAddress, UInt64($0.count)) }
    }
}

/// A zero-terminated text in a fixed array of a C struct.
func cText<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// Writes a zero-terminated text into a fixed array of a C struct, cut between characters where it is too long.
func writeCText<Characters>(_ text: String, to characters: inout Characters) {
    withUnsafeMutableBytes(of: &characters) { out in
        guard !out.isEmpty else { return }
        var size = 0
        for scalar in text.unicodeScalars where scalar != "\0" {
            let encoded = UTF8.encode(scalar)
            guard let encoded, size + encoded.count < out.count else { break }
            for byte in encoded {
                out[size] = byte
                size += 1
            }
        }
        out[size] = 0
    }
}
