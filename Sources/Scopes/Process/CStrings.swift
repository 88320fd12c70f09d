/// Calls `body` with a null-terminated array of C strings.
func withCStrings<R>(_ strings: [[UInt8]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R) -> R {
    var storage: [CChar] = []
    storage.reserveCapacity(strings.reduce(0) { $0 + $1.count + 1 })
    var offsets: [Int] = []
    for string in strings {
        offsets.append(storage.count)
        storage.append(contentsOf: string.lazy.map { CChar(bitPattern: $0) })
        storage.append(0)
    }
    return storage.withUnsafeMutableBufferPointer { buffer in
        var pointers: [UnsafeMutablePointer<CChar>?] = offsets.map { buffer.baseAddress! + $0 }
        pointers.append(nil)
        return pointers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    }
}
