internal import JSON

extension JSONComparison {
    mutating func areEqual(_ left: JSONValue, _ right: JSONValue, depth: Int = 0) -> Bool {
        let kind = left.kind
        guard kind == right.kind, charge(1), enters(depth) else { return false }
        switch kind {
        case .null: return true
        case .bool: return left.bool == right.bool
        case .number: return numbersAreEqual(left.raw, right.raw)
        case .string: return textsAreEqual(left, right)
        case .array: return arraysAreEqual(left, right, depth)
        case .object: return objectsAreEqual(left, right, depth)
        }
    }

    private mutating func numbersAreEqual(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        guard charge((left.count + right.count) / 16) else { return false }
        return DecimalNumber(left).compared(to: DecimalNumber(right)) == 0
    }

    private mutating func textsAreEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if let left = left.plainText, let right = right.plainText {
            return left.count == right.count && charge(left.count / 32) && left == right
        }
        return charge((left.raw.count + right.raw.count) / 8) && left.utf8 == right.utf8
    }

    private mutating func arraysAreEqual(_ left: JSONValue, _ right: JSONValue, _ depth: Int) -> Bool {
        guard left.count == right.count else { return false }
        var others = right.elements
        for element in left.elements {
            guard let other = others.next(), areEqual(element, other, depth: depth + 1) else { return false }
        }
        return true
    }

    private mutating func objectsAreEqual(_ left: JSONValue, _ right: JSONValue, _ depth: Int) -> Bool {
        if left.count == right.count, left.count <= 8, !left.hasDuplicateKeys {
            guard charge(left.count) else { return false }
            for (key, value) in left.members {
                guard let other = right[key: key.string ?? ""], areEqual(value, other, depth: depth + 1) else { return false }
            }
            return true
        }
        guard let left = sorted(left), let right = sorted(right), left.count == right.count else { return false }
        for (one, other) in zip(left, right) {
            guard one.name == other.name, areEqual(one.value, other.value, depth: depth + 1) else { return false }
        }
        return true
    }

    /// The members by name, of a repeated one the last.
    mutating func sorted(_ object: JSONValue) -> [(name: [UInt8], value: JSONValue)]? {
        guard charge(object.count * 8) else { return nil }
        var members: [(name: [UInt8], value: JSONValue)] = []
        members.reserveCapacity(object.count)
        for (key, value) in object.members { members.append((key.utf8, value)) }
        members.sort {
            $0.name == $1.name ? $0.value.index < $1.value.index : SchemaKey.precedes($0.name, $1.name)
        }
        var kept = 0
        for index in members.indices where index + 1 == members.count || members[index].name != members[index + 1].name {
            members[kept] = members[index]
            kept += 1
        }
        members.removeLast(members.count - kept)
        return members
    }
}
