/// The slots behind handles, as a value without locks or threads (S18).
///
/// A slot's generation grows each time it is given back; when it would wrap, the slot retires, so that a handle is never issued twice.
struct HandleSlots<Value: Sendable>: Sendable {
    struct Name: Hashable, Sendable {
        var slot: UInt32
        var generation: UInt32
    }

    private struct Slot {
        var generation: UInt32 = 1
        var kind: UInt8 = 0
        /// Of the value that is there or was there last.
        var owner: UInt32 = 0
        var value: Value?
    }

    /// Bounds that tests make small.
    let maximalSlots: UInt32
    let maximalGeneration: UInt32
    private var slots: [Slot] = []
    private var vacant: [UInt32] = []
    /// Slots in use, and slots whose generations are used up.
    private(set) var count = 0
    private(set) var retired = 0

    init(maximalSlots: UInt32 = 1 << 24, maximalGeneration: UInt32 = .max) {
        self.maximalSlots = maximalSlots
        self.maximalGeneration = maximalGeneration
    }

    /// Nil when every slot is in use or retired.
    mutating func insert(kind: UInt8, owner: UInt32 = 0, _ value: Value) -> Name? {
        let slot: UInt32
        if let free = vacant.popLast() {
            slot = free
        } else {
            guard slots.count < Int(maximalSlots) else { return nil }
            slot = UInt32(slots.count)
            slots.append(Slot())
        }
        slots[Int(slot)].kind = kind
        slots[Int(slot)].owner = owner
        slots[Int(slot)].value = value
        count += 1
        return Name(slot: slot, generation: slots[Int(slot)].generation)
    }

    /// Nil for a name of another kind, one given back, or one never issued.
    func lookup(kind: UInt8, _ name: Name) -> Value? {
        guard name.slot < slots.count else { return nil }
        let slot = slots[Int(name.slot)]
        guard slot.generation == name.generation, slot.kind == kind else { return nil }
        return slot.value
    }

    /// Whether this name was given out once and is given back by now.
    func isSpent(_ name: Name) -> Bool {
        guard name.slot < slots.count, name.generation > 0 else { return false }
        let slot = slots[Int(name.slot)]
        return name.generation < slot.generation || (name.generation == slot.generation && slot.kind == 0 && isRetired(slot))
    }

    /// Who owned what this name named, as far as it is known: the slot's latest owner.
    func lastOwner(_ name: Name) -> UInt32? { isSpent(name) ? slots[Int(name.slot)].owner : nil }

    /// Gives a slot back; nil, and nothing happens, for a stale name.
    mutating func remove(kind: UInt8, _ name: Name) -> Value? {
        guard let value = lookup(kind: kind, name) else { return nil }
        let index = Int(name.slot)
        slots[index].value = nil
        slots[index].kind = 0
        count -= 1
        if isRetired(slots[index]) {
            retired += 1
        } else {
            slots[index].generation += 1
            vacant.append(name.slot)
        }
        return value
    }

    /// What is in use; costs all slots.
    var values: [Value] { slots.compactMap(\.value) }

    private func isRetired(_ slot: Slot) -> Bool { slot.generation == maximalGeneration }
}
