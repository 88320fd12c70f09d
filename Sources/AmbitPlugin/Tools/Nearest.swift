/// The known name that somebody probably meant: at most a third of its letters differ, case and separators aside.
func nearest(_ name: String, _ known: [String]) -> String? {
    let letters = folded(name)
    guard !letters.isEmpty, letters.count <= 64 else { return nil }
    let ranked = known.compactMap { candidate -> (name: String, distance: Int)? in
        let other = folded(candidate)
        guard !other.isEmpty, other.count <= 64 else { return nil }
        let distance = editDistance(letters, other)
        return distance <= max(1, other.count / 3) ? (candidate, distance) : nil
    }
    return ranked.min { $0.distance < $1.distance }?.name
}

private func folded(_ name: String) -> [UInt8] {
    name.utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
        .map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
}

/// Levenshtein: insertions, deletions, replacements.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var previous = Array(0...right.count)
    for (row, a) in left.enumerated() {
        var current = [row + 1]
        for (column, b) in right.enumerated() {
            current.append(min(previous[column + 1] + 1, current[column] + 1, previous[column] + (a == b ? 0 : 1)))
        }
        previous = current
    }
    return previous[right.count]
}
