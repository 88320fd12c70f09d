/// A path that a host function writes: asked for twice where the first buffer is too small.
///
/// Throws what `write` answers, and `.failed` for a path that is not UTF-8.
func hostPath(
    _ write: (
        UnsafeMutablePointer<UInt8>?, UInt64, UnsafeMutablePointer<UInt64>, UnsafeMutablePointer<ambit_error>
    ) -> ambit_status
) throws(AmbitError) -> String {
    var bytes = [UInt8](repeating: 0, count: 512)
    for _ in 0..<2 {
        var size: UInt64 = 0
        var error = ambit_error()
        error.struct_size = UInt32(MemoryLayout<ambit_error>.size)
        let status = Status(
            rawValue: bytes.withUnsafeMutableBufferPointer { write($0.baseAddress, UInt64($0.count), &size, &error) })
        // More than there was room for is no failure yet.
        guard size <= UInt64(bytes.count) else {
            bytes = [UInt8](repeating: 0, count: Int(clamping: min(size, 1 << 16)))
            continue
        }
        if status != .ok { throw AmbitError(status, error) }
        guard let path = String(validating: bytes.prefix(Int(size)), as: UTF8.self) else {
            throw AmbitError(.failed, "the path is not valid UTF-8; give the server folders whose names are")
        }
        return path
    }
    throw AmbitError(.failed, "the path is too long")
}
