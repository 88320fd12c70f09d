import MCP

/// Events that wait for one subscriber, each at most once: what has changed is asked for by the client, so that telling it twice says
/// no more. Bounded, because the list changes are few and the URIs are counted. A pure value; its owner locks.
struct PendingEvents {
    /// Different resources that may wait.
    let maximalURIs: Int
    private var waiting: [ServerEvent] = []
    private var known: Set<ServerEvent> = []

    init(maximalURIs: Int) { self.maximalURIs = maximalURIs }

    var first: ServerEvent? { waiting.first }
    var count: Int { waiting.count }

    /// False: so many different ones wait already that this one is not taken.
    mutating func offer(_ event: ServerEvent) -> Bool {
        guard !known.contains(event) else { return true }
        if case .resourceUpdated = event, known.count >= maximalURIs { return false }
        waiting.append(event)
        known.insert(event)
        return true
    }

    mutating func removeFirst() { known.remove(waiting.removeFirst()) }

    mutating func removeAll() {
        waiting = []
        known = []
    }
}
