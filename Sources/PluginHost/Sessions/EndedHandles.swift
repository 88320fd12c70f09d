/// The last handles that ended with a generation of their plugin, for the sake of a clear error. Bounded; pure.
struct EndedHandles: Sendable {
    static let limit = 1024

    private struct Entry {
        let principal: String
        let plugin: String
    }

    private var byID: [String: Entry] = [:]
    /// A ring, the oldest at `next` once it is full.
    private var ids: [String] = []
    private var next = 0

    var count: Int { byID.count }

    mutating func append(_ id: String, principal: String, plugin: String) {
        byID[id] = Entry(principal: principal, plugin: plugin)
        guard ids.count == Self.limit else { return ids.append(id) }
        byID[ids[next]] = nil
        ids[next] = id
        next = (next + 1) % Self.limit
    }

    func plugin(of id: String, principal: String) -> String? {
        guard let entry = byID[id], entry.principal == principal else { return nil }
        return entry.plugin
    }
}
