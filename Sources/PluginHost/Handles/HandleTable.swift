internal import CAmbit
internal import Scopes
internal import Synchronization

/// All live handles of the process (S18): 8 bits kind, 24 slot, 32 generation. Host functions of the ABI get no pointer to their host,
/// so there is one table, and each entry knows its plugin instance.
///
/// Sharded by the low bits of the slot; a lookup takes one short lock and allocates nothing.
final class HandleTable: Sendable {
    static let shared = HandleTable()

    typealias Object = any AnyObject & Sendable

    private struct Entry: Sendable {
        let object: Object
        /// `PluginInstance.number`.
        let owner: UInt32
    }

    private final class Shard: Sendable {
        let slots: Lock<HandleSlots<Entry>>

        init() { slots = Lock(HandleSlots(maximalSlots: 1 << (24 - HandleTable.shardBits))) }
    }

    private static let shardBits: UInt32 = 4
    private let shards: [Shard] = (0..<(1 << HandleTable.shardBits)).map { _ in Shard() }
    private let next = Atomic<UInt32>(0)

    /// Names an object until `remove`, which the caller owes.
    func insert(_ kind: HandleKind, _ object: Object, owner: UInt32) throws(Refusal) -> ambit_handle {
        let shard = next.wrappingAdd(1, ordering: .relaxed).oldValue & (1 << Self.shardBits - 1)
        let entry = Entry(object: object, owner: owner)
        let name = shards[Int(shard)].slots.withLock { $0.insert(kind: kind.rawValue, owner: owner, entry) }
        guard let name else {
            throw Refusal(
                .overQuota, "no handle is left: 16 million are open in this process; close what is not needed",
                quota: "handles")
        }
        let slot = name.slot << Self.shardBits | shard
        return UInt64(kind.rawValue) << 56 | UInt64(slot) << 32 | UInt64(name.generation)
    }

    private func locate(_ handle: ambit_handle) -> (Shard, HandleSlots<Entry>.Name) {
        let slot = UInt32(truncatingIfNeeded: handle >> 32) & 0xFF_FFFF
        return (
            shards[Int(slot & (1 << Self.shardBits - 1))],
            .init(slot: slot >> Self.shardBits, generation: UInt32(truncatingIfNeeded: handle))
        )
    }

    /// What a handle names; nil when it is stale, of another kind, or not the caller's where the caller is known.
    func object<T: AnyObject>(
        _ handle: ambit_handle, _ kind: HandleKind, as type: T.Type = T.self, caller: UInt32? = nil
    ) -> T? {
        guard UInt8(truncatingIfNeeded: handle >> 56) == kind.rawValue else { return nil }
        let (shard, name) = locate(handle)
        let entry = shard.slots.withLock { $0.lookup(kind: kind.rawValue, name) }
        guard let entry, caller == nil || caller == entry.owner else { return nil }
        // Each kind is inserted with one class only; debug builds check it.
        return unsafeDowncast(entry.object, to: T.self)
    }

    /// Takes the name away; false when it was stale already.
    @discardableResult
    func remove(_ handle: ambit_handle) -> Bool {
        let (shard, name) = locate(handle)
        let kind = UInt8(truncatingIfNeeded: handle >> 56)
        // The entry is released outside the lock: its deinit may do more than count.
        let entry = shard.slots.withLock { $0.remove(kind: kind, name) }
        return entry != nil
    }

    /// Whether a handle of this kind was issued once and is gone by now, as opposed to never issued.
    func isSpent(_ handle: ambit_handle, _ kind: HandleKind) -> Bool {
        guard UInt8(truncatingIfNeeded: handle >> 56) == kind.rawValue else { return false }
        let (shard, name) = locate(handle)
        return shard.slots.withLock { $0.isSpent(name) }
    }

    /// Number of the instance that a spent handle belonged to, or that its slot was given to after that; for counting.
    func lastOwner(_ handle: ambit_handle) -> UInt32? {
        let (shard, name) = locate(handle)
        return shard.slots.withLock { $0.lastOwner(name) }
    }

    /// Objects of one class that a plugin instance has handles of; walks the whole table, for people who look.
    func objects<T: AnyObject & Sendable>(ownedBy owner: UInt32, as type: T.Type) -> [T] {
        shards.flatMap { shard in
            shard.slots.withLock { slots in slots.values.filter { $0.owner == owner }.map(\.object) }.compactMap { $0 as? T }
        }
    }

    /// Handles of one plugin instance; walks the whole table, for the ledger and for tests.
    func count(ownedBy owner: UInt32) -> Int {
        shards.reduce(0) { sum, shard in
            sum + shard.slots.withLock { slots in slots.values.count { $0.owner == owner } }
        }
    }
}
