/// A growable first-in first-out queue; capacity is a power of two and is kept when it empties.
struct RingBuffer<Element> {
    private var storage: ContiguousArray<Element?> = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: consuming Element) {
        if count == storage.count { grow() }
        storage[(head &+ count) & (storage.count &- 1)] = element
        count &+= 1
    }

    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = storage[head].take()
        head = (head &+ 1) & (storage.count &- 1)
        count &-= 1
        return element
    }

    mutating func prepend(_ element: consuming Element) {
        if count == storage.count { grow() }
        head = (head &- 1) & (storage.count &- 1)
        storage[head] = element
        count &+= 1
    }

    /// Removes the first element that matches; linear.
    mutating func removeFirst(where matches: (Element) -> Bool) -> Element? {
        var found: Element?
        for _ in 0..<count {
            guard let element = popFirst() else { break }
            if found == nil, matches(element) { found = element } else { append(element) }
        }
        return found
    }

    /// The element at a distance from the front.
    subscript(offset: Int) -> Element {
        get {
            precondition(offset < count)
            return storage[(head &+ offset) & (storage.count &- 1)]!
        }
        set {
            precondition(offset < count)
            storage[(head &+ offset) & (storage.count &- 1)] = newValue
        }
    }

    private mutating func grow() {
        var next = ContiguousArray<Element?>(repeating: nil, count: max(8, storage.count * 2))
        for offset in 0..<count { next[offset] = storage[(head + offset) & (storage.count - 1)].take() }
        storage = next
        head = 0
    }
}
