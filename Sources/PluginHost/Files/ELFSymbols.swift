/// The names that a 64-bit ELF library exports, read from its bytes without loading it. Nothing in the file is believed: what does not fit
/// ends the reading.
struct ELFSymbols {
    /// Defined, global or weak, visible; in the file's order. Nil where the file has no such table.
    let exported: [String]?

    init(_ bytes: [UInt8]) { exported = bytes.withUnsafeBytes { Self.read($0) } }

    /// Whether the first bytes are those of a 64-bit shared object.
    static func isLibrary(_ head: [UInt8]) -> Bool {
        head.count >= 18 && head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) && head[4] == 2 && head[16] == 3
    }

    private static func number<T: FixedWidthInteger>(_ file: UnsafeRawBufferPointer, _ offset: UInt64, _ type: T.Type) -> T? {
        guard offset <= UInt64(file.count), UInt64(file.count) - offset >= UInt64(MemoryLayout<T>.size) else { return nil }
        return T(littleEndian: file.loadUnaligned(fromByteOffset: Int(offset), as: T.self))
    }

    private struct Section {
        let type: UInt32
        let offset, size: UInt64
        let link: UInt32
        let entrySize: UInt64
    }

    private static func section(_ file: UnsafeRawBufferPointer, _ index: UInt64) -> Section? {
        guard let table = number(file, 0x28, UInt64.self), let size = number(file, 0x3A, UInt16.self), size >= 64,
            let count = number(file, 0x3C, UInt16.self), index < UInt64(count)
        else { return nil }
        let (start, overflow) = table.addingReportingOverflow(index * UInt64(size))
        // Its last number is the furthest.
        guard !overflow, start <= UInt64(file.count), let entrySize = number(file, start + 0x38, UInt64.self),
            let type = number(file, start + 0x04, UInt32.self), let offset = number(file, start + 0x18, UInt64.self),
            let length = number(file, start + 0x20, UInt64.self), let link = number(file, start + 0x28, UInt32.self),
            offset <= UInt64(file.count), length <= UInt64(file.count) - offset
        else { return nil }
        return Section(type: type, offset: offset, size: length, link: link, entrySize: entrySize)
    }

    private static func read(_ file: UnsafeRawBufferPointer) -> [String]? {
        guard let count = number(file, 0x3C, UInt16.self) else { return nil }
        let dynamicSymbols: UInt32 = 11
        let symbolSize: UInt64 = 24
        for index in 0..<UInt64(count) {
            guard let symbols = section(file, index) else { return nil }
            guard symbols.type == dynamicSymbols else { continue }
            guard symbols.entrySize == symbolSize, let names = section(file, UInt64(symbols.link)) else { return nil }
            var result: [String] = []
            for symbol in 0..<symbols.size / symbolSize {
                let start = symbols.offset + symbol * symbolSize
                guard let name = number(file, start, UInt32.self), let info = number(file, start + 4, UInt8.self),
                    let other = number(file, start + 5, UInt8.self), let home = number(file, start + 6, UInt16.self)
                else { return nil }
                // Global, weak or unique; default or protected; defined here.
                guard [1, 2, 10].contains(info >> 4), [0, 3].contains(other & 3), home != 0, UInt64(name) < names.size else { continue }
                let from = Int(names.offset) + Int(name)
                let text = file[from..<Int(names.offset + names.size)].prefix { $0 != 0 }
                if !text.isEmpty { result.append(String(decoding: text, as: UTF8.self)) }
            }
            return result
        }
        return nil
    }
}
