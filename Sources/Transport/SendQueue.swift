/// Messages that wait for one client, bounded by items and bytes. A pure value; its owner locks.
struct SendQueue {
    let maxItems: Int
    let maxBytes: Int
    private var items: [[UInt8]] = []
    private var head = 0
    private(set) var bytes = 0

    init(maxItems: Int, maxBytes: Int) {
        self.maxItems = maxItems
        self.maxBytes = maxBytes
    }

    var count: Int { items.count - head }
    var isEmpty: Bool { head == items.count }
    /// Whether enough has gone for waiting senders to try again: below half, so that they are not woken for each message.
    var hasRoom: Bool { count <= maxItems / 2 && bytes <= maxBytes / 2 }

    /// Takes the message unless the queue is full. One message is always taken by an empty queue, however large it is.
    mutating func offer(_ message: [UInt8]) -> Bool {
        guard isEmpty || (count < maxItems && message.count <= maxBytes - bytes) else { return false }
        append(message)
        return true
    }

    /// Takes the message in any case: for answers, of which there is one per request in flight.
    mutating func append(_ message: [UInt8]) {
        items.append(message)
        bytes += message.count
    }

    /// The next message, nil when there is none.
    mutating func take() -> [UInt8]? {
        guard head < items.count else { return nil }
        let message = items[head]
        items[head] = []
        head += 1
        bytes -= message.count
        if head == items.count {
            items.removeAll(keepingCapacity: items.count <= 64)
            head = 0
        } else if head >= 64, head * 2 >= items.count {
            items.removeFirst(head)
            head = 0
        }
        return message
    }

    mutating func removeAll() {
        items = []
        head = 0
        bytes = 0
    }
}
