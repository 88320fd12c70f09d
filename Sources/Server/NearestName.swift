/// The name that a mistyped one was probably meant to be.
package enum NearestName {
    /// Nil where none is close: at most a third of the letters may differ.
    package static func of(_ name: String, among names: [String]) -> String? {
        let wanted = Array(name.lowercased().utf8.prefix(64))
        var best: (name: String, distance: Int)?
        for candidate in names {
            let distance = distance(wanted, Array(candidate.lowercased().utf8.prefix(64)))
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        guard let best, best.distance * 3 <= max(wanted.count, best.name.utf8.count) else { return nil }
        return best.name
    }

    /// Letters that are inserted, left out, exchanged or swapped with their neighbour.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for row in 0..<one.count {
            var current = [row + 1] + [Int](repeating: 0, count: other.count)
            for column in 0..<other.count {
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (one[row] == other[column] ? 0 : 1))
                if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current[column + 1] = cost
            }
            beforeLast = last
            last = current
        }
        return last[other.count]
    }
}
