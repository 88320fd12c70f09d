internal import JSON

/// The names that the keywords of one subschema mention, each with a number.
struct SchemaNames {
    private var numbers: [[UInt8]: Int32] = [:]
    private var keys: [SchemaKey] = []

    var isEmpty: Bool { keys.isEmpty }

    /// Gives the number of a name.
    @discardableResult
    mutating func add(_ name: JSONValue, node: Int32? = nil) -> Int32 {
        let bytes = name.utf8
        if let known = numbers[bytes] {
            if let node { keys[Int(known)].node = node }
            return known
        }
        let number = Int32(truncatingIfNeeded: keys.count)
        numbers[bytes] = number
        keys.append(SchemaKey(name: bytes, node: node))
        return number
    }

    /// The names in the order of the search, and for each number the new one.
    func sorted() -> (keys: [SchemaKey], order: [Int32]) {
        let sorted = keys.indices.sorted { SchemaKey.precedes(keys[$0].name, keys[$1].name) }
        var order = [Int32](repeating: 0, count: keys.count)
        for (position, number) in sorted.enumerated() { order[number] = Int32(truncatingIfNeeded: position) }
        return (sorted.map { keys[$0] }, order)
    }
}
