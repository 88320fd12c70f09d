/// A growable first-in first-out queue; capacity is a power of two and is kept when it empties. Owns its memory, which nobody shares: taking
/// and giving are a few instructions, without a look at who else holds it.
struct RingBuffer<Element>: ~Copyable, @unchecked Sendable {  // nothing is shared; whoever holds it locks
    private var storage: UnsafeMutablePointer<Element>?
    private var capacity = 0
    private var head = 0
    private(set) var count = 0

    init() {}

    deinit {
        for offset in 0..<count { (storage! + place(offset)).deinitialize(count: 1) }
        storage?.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    @inline(__always)
    private func place(_ offset: Int) -> Int { (head &+ offset) & (capacity &- 1) }

    mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (storage! + place(count)).initialize(to: element)
        count &+= 1
    }

    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = (storage! + head).move()
        head = place(1)
        count &-= 1
        return element
    }

    mutating func prepend(_ element: consuming Element) {
        if count == capacity { grow() }
        head = place(-1)
        (storage! + head).initialize(to: element)
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
            return storage![place(offset)]
        }
        set {
            precondition(offset < count)
            storage![place(offset)] = newValue
        }
    }

    private mutating func grow() {
        let larger = max(8, capacity * 2)
        let next = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        for offset in 0..<count { (next + offset).moveInitialize(from: storage! + place(offset), count: 1) }
        storage?.deallocate()
        storage = next
        capacity = larger
        head = 0
    }
}
