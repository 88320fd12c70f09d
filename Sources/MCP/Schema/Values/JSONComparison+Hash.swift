internal import JSON

extension JSONComparison {
    /// Equal values have equal hashes. Seeded by the process, so that nobody can choose values that collide.
    mutating func hash(of value: JSONValue) -> Int {
        var hasher = Hasher()
        hash(value, into: &hasher, depth: 0)
        return hasher.finalize()
    }

    private mutating func hash(_ value: JSONValue, into hasher: inout Hasher, depth: Int) {
        guard charge(1 + (value.kind == .array || value.kind == .object ? 0 : value.raw.count / 16)), enters(depth) else { return }
        hasher.combine(value.kind)
        switch value.kind {
        case .null: break
        case .bool: hasher.combine(value.bool)
        case .number: DecimalNumber(value.raw).hash(into: &hasher)
        case .string: hashText(value, into: &hasher)
        case .array:
            hasher.combine(value.count)
            for element in value.elements { hash(element, into: &hasher, depth: depth + 1) }
        case .object:
            for member in sorted(value) ?? [] {
                hasher.combine(member.name)
                hash(member.value, into: &hasher, depth: depth + 1)
            }
        }
    }

    private func hashText(_ value: JSONValue, into hasher: inout Hasher) {
        if let text = value.plainText {
            text.withUnsafeBytes { hasher.combine(bytes: $0) }
        } else {
            value.utf8.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }
}
