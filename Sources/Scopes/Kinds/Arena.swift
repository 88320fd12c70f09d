internal import Glibc

/// The kind arena: memory that is freed as a whole with its scope, after all work of the scope has ended.
///
/// Bump allocation in zeroed blocks. Touched only by work of its scope or of scopes inside it.
public final class Arena: Resource, @unchecked Sendable {  // state is behind its lock
    fileprivate struct State {
        /// All blocks; freed together.
        var blocks: [UnsafeMutableRawPointer] = []
        // The block that is being filled, as numbers.
        var next: UInt = 0
        var end: UInt = 0
        var blockSize = Arena.firstBlock
        var used = 0
        var closed = false
    }

    package static let largestAlignment = 4096
    fileprivate static let firstBlock = 4 << 10
    fileprivate static let largestBlock = 256 << 10

    /// Bytes that it may give out.
    package let limit: Int
    private let state = Lock(State())

    init(label: String, limit: Int) {
        self.limit = limit
        super.init(.arena, label: label)
    }

    /// Gives `size` zeroed bytes, which stay where they are until the arena is freed. From any thread.
    ///
    /// - Parameters:
    ///   - alignment: a power of two up to 4096.
    ///   - caller: whose work asks, where that is known: its scope or one inside it.
    package func allocate(
        _ size: Int, alignment: Int = 16, for caller: Scope? = nil
    ) throws(ArenaError) -> UnsafeMutableRawPointer {
        guard size >= 0, alignment > 0, alignment <= Self.largestAlignment, alignment & (alignment - 1) == 0 else {
            throw .invalid(size: size, alignment: alignment)
        }
        if let caller, caller !== scope, let scope, !caller.isInside(scope) {
            throw .foreign(scope: scope.path, caller: caller.path)
        }
        // No memory is given out twice, also for nothing.
        let size = max(1, size)
        let outcome = state.withLock { state -> Result<UInt, ArenaError> in
            if state.closed { return .failure(.closed) }
            guard size <= limit - state.used else { return .failure(.overLimit(limit: limit, used: state.used)) }
            guard let address = state.take(UInt(size), alignment: UInt(alignment)) else { return .failure(.noMemory) }
            state.used += size
            return .success(address)
        }
        let address = try outcome.get()
        // impossible: `take` gives addresses inside of blocks, and no block begins at zero
        return UnsafeMutableRawPointer(bitPattern: address)!
    }

    /// Bytes given out so far.
    package var used: Int { state.withLock { $0.used } }

    public override var describe: String {
        let (used, blocks) = state.withLock { ($0.used, $0.blocks.count) }
        return "\(used) of \(limit) bytes in \(blocks) blocks"
    }

    /// Frees everything before its scope closes: nothing of it may be in use any more.
    package func close() {
        release(Reason(.completed, by: scope?.path ?? ""))
        ended()
    }

    /// Abandoned work may still touch it (S9).
    public override func pin(_ reason: Reason) -> Bool { true }

    public override func release(_ reason: Reason) {
        state.withLock { state in
            state.closed = true
            for block in state.blocks { Glibc.free(block) }
            state.blocks = []
            state.next = 0
            state.end = 0
        }
    }
}

extension Arena.State {
    /// Address of `size` fresh bytes; nil: the system has no memory.
    mutating func take(_ size: UInt, alignment: UInt) -> UInt? {
        if let address = bump(size, alignment: alignment) { return address }
        // Something large gets a block of its own: the rest of the current one stays in use.
        if size > UInt(blockSize / 4) {
            guard let block = calloc(1, Int(size + alignment)) else { return nil }
            blocks.append(block)
            return Self.align(UInt(bitPattern: block), alignment)
        }
        let room = blockSize + Int(alignment)
        guard let block = calloc(1, room) else { return nil }
        blocks.append(block)
        next = UInt(bitPattern: block)
        end = next + UInt(room)
        blockSize = min(blockSize * 2, Arena.largestBlock)
        return bump(size, alignment: alignment)
    }

    private mutating func bump(_ size: UInt, alignment: UInt) -> UInt? {
        let address = Self.align(next, alignment)
        guard next > 0, address <= end, size <= end - address else { return nil }
        next = address + size
        return address
    }

    private static func align(_ address: UInt, _ alignment: UInt) -> UInt { (address + alignment - 1) & ~(alignment - 1) }
}

extension Scope {
    /// Opens an arena that may give out `limit` bytes.
    package func arena(_ label: String = "", limit: Int) throws(AcquireError) -> Arena {
        let arena = Arena(label: label, limit: max(1, limit))
        try add(arena)
        return arena
    }
}
