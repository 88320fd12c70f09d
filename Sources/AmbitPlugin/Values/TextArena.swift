/// C copies of texts and structs that live as long as it does.
///
/// Not Sendable: filled by one thread; what it gave out may be read from any until it is freed.
final class TextArena {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit {
        for block in blocks { block.deallocate() }
    }

    func text(_ string: String) -> ambit_text {
        string.withAmbitText { text in
            guard text.size > 0, let source = text.data else { return ambit_text(data: nil, size: 0) }
            let copy = allocate(Int(text.size), alignment: 1)
            copy.copyMemory(from: source, byteCount: Int(text.size))
            return ambit_text(data: UnsafePointer(copy.assumingMemoryBound(to: CChar.self)), size: text.size)
        }
    }

    func bytes(_ bytes: [UInt8]) -> ambit_bytes {
        guard !bytes.isEmpty else { return ambit_bytes(data: nil, size: 0) }
        let copy = allocate(bytes.count, alignment: 1)
        bytes.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(start: copy, count: bytes.count).copyMemory(from: source)
        }
        return ambit_bytes(data: UnsafePointer(copy.assumingMemoryBound(to: UInt8.self)), size: UInt64(bytes.count))
    }

    /// A copy of a C value, which must not need deinitialising.
    func copy<T: BitwiseCopyable>(_ value: T) -> UnsafeMutablePointer<T> {
        let pointer = allocate(MemoryLayout<T>.size, alignment: MemoryLayout<T>.alignment).bindMemory(to: T.self, capacity: 1)
        pointer.initialize(to: value)
        return pointer
    }

    func array<T: BitwiseCopyable>(_ values: [T]) -> UnsafePointer<T>? {
        guard !values.isEmpty else { return nil }
        let size = MemoryLayout<T>.stride * values.count
        let pointer = allocate(size, alignment: MemoryLayout<T>.alignment).bindMemory(to: T.self, capacity: values.count)
        pointer.initialize(from: values, count: values.count)
        return UnsafePointer(pointer)
    }

    private func allocate(_ size: Int, alignment: Int) -> UnsafeMutableRawPointer {
        let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: alignment)
        blocks.append(block)
        return block
    }
}
