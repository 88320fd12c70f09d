internal import CAmbit

/// The compiler that built this host; plugins in Swift must have the same (A14).
enum HostToolchain {
    /// "swift 6.3.1".
    static let name: String = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(AMBIT_TOOLCHAIN_CAPACITY)) { buffer in
        let size = Int(clamping: ambit_swift_toolchain(buffer.baseAddress))
        return String(decoding: UnsafeRawBufferPointer(buffer).prefix(size), as: UTF8.self)
    }
}
