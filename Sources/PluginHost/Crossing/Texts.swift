internal import CAmbit

extension ambit_text {
    /// The bytes; empty where the plugin gave none.
    func bytes(_ name: StaticString) throws(Refusal) -> UnsafeRawBufferPointer {
        try borrowedBytes(data.map { UnsafeRawPointer($0) }, size, name)
    }

    /// A copy, checked to be UTF-8 (A5).
    func string(_ name: StaticString) throws(Refusal) -> String {
        let bytes = try bytes(name)
        // Nearly always, and many times faster than what validates any encoding.
        if bytes.isASCII { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes.bindMemory(to: UInt8.self), as: UTF8.self) else {
            throw .invalid("\(name) is not valid UTF-8")
        }
        return text
    }

    /// Nil where the plugin gave none.
    func optionalString(_ name: StaticString) throws(Refusal) -> String? {
        size == 0 ? nil : try string(name)
    }

    /// Borrows memory that outlives the callback or the call that it is for.
    init(borrowing bytes: UnsafeRawBufferPointer) {
        self.init(
            data: bytes.baseAddress.map { $0.assumingMemoryBound(to: CChar.self) }, size: UInt64(bytes.count))
    }
}

extension ambit_bytes {
    /// The bytes; empty where the plugin gave none.
    func bytes(_ name: StaticString) throws(Refusal) -> UnsafeRawBufferPointer {
        try borrowedBytes(data.map { UnsafeRawPointer($0) }, size, name)
    }

    func array(_ name: StaticString) throws(Refusal) -> [UInt8] { Array(try bytes(name)) }

    init(borrowing bytes: UnsafeRawBufferPointer) {
        self.init(data: bytes.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) }, size: UInt64(bytes.count))
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var isASCII: Bool {
        var at = 0
        while at &+ 8 <= count {
            if loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
            at &+= 8
        }
        while at < count {
            if self[at] >= 0x80 { return false }
            at &+= 1
        }
        return true
    }
}

private func borrowedBytes(
    _ data: UnsafeRawPointer?, _ size: UInt64, _ name: StaticString
) throws(Refusal) -> UnsafeRawBufferPointer {
    if size == 0 { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard let data else { throw .invalid("\(name).data is NULL though its size is \(size)") }
    guard size <= Int64.max else { throw .invalid("\(name).size is \(size), which no memory holds") }
    return UnsafeRawBufferPointer(start: data, count: Int(size))
}

/// Texts in one allocation, with addresses that stay as long as it lives.
final class TextArena: @unchecked Sendable {  // never written after init
    private let memory: UnsafeMutableRawBufferPointer
    private let ends: [Int]

    init(_ texts: [String]) {
        var ends: [Int] = []
        var size = 0
        for text in texts {
            size += text.utf8.count
            ends.append(size)
        }
        memory = .allocate(byteCount: max(size, 1), alignment: 1)
        var at = 0
        for text in texts {
            for byte in text.utf8 {
                memory[at] = byte
                at += 1
            }
        }
        self.ends = ends
    }

    deinit { memory.deallocate() }

    subscript(index: Int) -> ambit_text {
        let start = index == 0 ? 0 : ends[index - 1]
        return ambit_text(borrowing: UnsafeRawBufferPointer(rebasing: memory[start..<ends[index]]))
    }
}
