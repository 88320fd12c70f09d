/// What a full bounded queue does.
package enum Overflow: Int32, Sendable {
    case wait = 0
    /// The gap is counted and told to the receiver.
    case dropOldest = 1
    /// An item replaces the queued one of the same key; a full queue drops the oldest.
    case coalesce = 2
    case fail = 3
}

/// A queue bounded by items and bytes, as a pure struct: what channels and subscriptions are made of.
struct BoundedQueue<Element>: ~Copyable {
    struct Item {
        var element: Element
        var bytes: Int
        var key: UInt64
        /// Items lost right before this one.
        var dropped: UInt64
    }

    enum Admission {
        case queued
        /// It took the place of this one, and of more where one large item needs the room of several; they are the caller's to discard.
        case replaced(Element, more: [Element]?)
        case full
    }

    let capacity: Int
    let capacityBytes: Int
    let overflow: Overflow
    private var items = RingBuffer<Item>()
    private(set) var bytes = 0
    /// Items lost since the last one that is queued.
    private var lost: UInt64 = 0

    init(capacity: Int, capacityBytes: Int, overflow: Overflow) {
        self.capacity = max(1, capacity)
        self.capacityBytes = max(1, capacityBytes)
        self.overflow = overflow
    }

    var count: Int { items.count }
    var isEmpty: Bool { items.isEmpty }

    private func hasRoom(for size: Int) -> Bool {
        // One item always fits into an empty queue, however large: else it could never be sent.
        items.isEmpty || (items.count < capacity && bytes + size <= capacityBytes)
    }

    mutating func admit(_ element: Element, bytes size: Int, key: UInt64) -> Admission {
        if overflow == .coalesce {
            for offset in 0..<items.count where items[offset].key == key {
                let old = items[offset]
                bytes += size - old.bytes
                items[offset] = Item(element: element, bytes: size, key: key, dropped: old.dropped + 1)
                return .replaced(old.element, more: nil)
            }
        }
        if hasRoom(for: size) {
            append(element, size, key)
            return .queued
        }
        guard overflow == .dropOldest || overflow == .coalesce, let oldest = pop(keepGap: true) else { return .full }
        // Nearly always one makes room for one, and nothing is allocated for it.
        var more: [Element]?
        while !hasRoom(for: size), let next = pop(keepGap: true) { more = (more ?? []) + [next.element] }
        append(element, size, key)
        return .replaced(oldest.element, more: more)
    }

    private mutating func append(_ element: Element, _ size: Int, _ key: UInt64) {
        items.append(Item(element: element, bytes: size, key: key, dropped: 0))
        bytes += size
    }

    /// The oldest item; its `dropped` counts what was lost before it.
    mutating func popFirst() -> Item? {
        guard var item = pop(keepGap: false) else { return nil }
        item.dropped += lost
        lost = 0
        return item
    }

    private mutating func pop(keepGap: Bool) -> Item? {
        guard let item = items.popFirst() else { return nil }
        bytes -= item.bytes
        if keepGap { lost += item.dropped + 1 }
        return item
    }

    mutating func removeAll() -> [Element] {
        var result: [Element] = []
        while let item = items.popFirst() { result.append(item.element) }
        bytes = 0
        return result
    }
}
