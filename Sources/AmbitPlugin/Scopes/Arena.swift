/// Memory that is freed as a whole with its scope. Only work of that scope, or of scopes inside it, may touch it.
public struct Arena: Promotable {
    /// Its identity (S18).
    public let handle: UInt64
    let table: ambit_host_arena

    /// Zeroed bytes. Throws `.overQuota` beyond the limit.
    ///
    /// - Parameter alignment: a power of two up to 4096.
    public func allocate(bytes: Int, alignment: Int = 16) throws(AmbitError) -> UnsafeMutableRawBufferPointer {
        guard let size = UInt64(exactly: bytes), let boundary = UInt64(exactly: alignment) else {
            throw AmbitError(.invalidArgument, "size and alignment must not be negative")
        }
        var memory: UnsafeMutableRawPointer?
        try AmbitError.check { table.allocate(handle, size, boundary, &memory, $0) }
        return UnsafeMutableRawBufferPointer(start: memory, count: bytes)
    }

    /// Room for values of a plain type, all of whose bytes are zero.
    public func allocate<T: BitwiseCopyable>(
        _ type: T.Type, count: Int
    ) throws(AmbitError) -> UnsafeMutableBufferPointer<T> {
        let (size, overflow) = MemoryLayout<T>.stride.multipliedReportingOverflow(by: count)
        guard !overflow else { throw AmbitError(.overQuota, "\(count) values of \(T.self) are more than memory can hold") }
        return try allocate(bytes: size, alignment: MemoryLayout<T>.alignment).bindMemory(to: T.self)
    }

    /// Bytes given out so far.
    public var used: Int {
        var used: UInt64 = 0
        return table.used(handle, &used) == Status.ok.rawValue ? Int(clamping: used) : 0
    }

    /// Frees everything before its scope closes: nothing of it may be in use any more.
    public func close() { _ = table.close(handle) }
}

extension Scope {
    /// Opens an arena.
    ///
    /// - Parameter limit: bytes that it may hold, at least 1.
    public func arena(limit: Int, label: String = "arena") throws(AmbitError) -> Arena {
        let table = try runtime.tables.offered(\.arena, AMBIT_EXT_ARENA)
        var arena: ambit_arena = 0
        try AmbitError.check { error in
            label.withAmbitText { table.open(handle, $0, UInt64(max(1, limit)), &arena, error) }
        }
        return Arena(handle: arena, table: table)
    }
}
