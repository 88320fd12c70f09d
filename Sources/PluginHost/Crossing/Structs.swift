/// Structs that cross carry their size in their first four bytes and grow only at the end (A2).
enum Structs {
    /// A struct that the plugin filled in.
    static func read<T: BitwiseCopyable>(_ pointer: UnsafePointer<T>?, _ name: StaticString) throws(Refusal) -> T {
        guard let pointer else { throw .invalid("\(name) is NULL") }
        let size = UnsafeRawPointer(pointer).load(as: UInt32.self)
        guard Int(size) >= MemoryLayout<T>.size else {
            throw .invalid("\(name).struct_size is \(size), \(MemoryLayout<T>.size) are needed: set it to sizeof")
        }
        return pointer.pointee
    }

    /// Fills in a struct of the plugin's, which set struct_size: no byte beyond that is written.
    static func write<T: BitwiseCopyable>(
        _ value: T, to pointer: UnsafeMutablePointer<T>?, _ name: StaticString
    ) throws(Refusal) {
        guard let pointer else { throw .invalid("\(name) is NULL") }
        let size = UnsafeRawPointer(pointer).load(as: UInt32.self)
        guard size >= 8 else { throw .invalid("\(name).struct_size is \(size): set it to sizeof") }
        withUnsafeBytes(of: value) { source in
            let count = min(Int(size), source.count)
            let target = UnsafeMutableRawPointer(pointer)
            target.copyMemory(from: source.baseAddress!, byteCount: count)
            target.storeBytes(of: size, as: UInt32.self)
        }
    }
}

extension UnsafeMutablePointer {
    /// An output that the plugin must provide.
    static func required(_ pointer: Self?, _ name: StaticString) throws(Refusal) -> Self {
        guard let pointer else { throw .invalid("\(name) is NULL") }
        return pointer
    }
}
