import CAmbit

@testable import AmbitPlugin

/// One value of the arguments, flattened as the host numbers them: 0 is the object itself.
final class FakeValue: @unchecked Sendable {  // needs no lock: immutable after `flatten`
    let json: JSON
    private(set) var children: [(key: FakeText?, index: UInt32)] = []
    let raw: FakeText

    private init(_ json: JSON) {
        self.json = json
        raw = FakeText(json.text)
    }

    static func flatten(_ json: JSON) -> [FakeValue] {
        var all: [FakeValue] = []
        @discardableResult func add(_ json: JSON) -> UInt32 {
            let value = FakeValue(json)
            let index = UInt32(all.count)
            all.append(value)
            switch json {
            case .array(let elements): value.children = elements.map { (nil, add($0)) }
            case .object(let object):
                value.children = object.members.map { member in
                    (FakeText(String(JSON.string(member.key).text.dropFirst().dropLast())), add(member.value))
                }
            default: break
            }
            return index
        }
        add(json)
        return all
    }

    var kind: Int32 {
        switch json {
        case .null: 0
        case .bool: 1
        case .int, .double: 2
        case .string: 3
        case .array: 4
        case .object, .raw: 5
        }
    }
}

/// A text at a fixed address, as long as this lives.
final class FakeText: @unchecked Sendable {  // needs no lock: immutable
    private let arena = TextArena()
    let string: String
    let text: ambit_text

    init(_ string: String) {
        self.string = string
        text = arena.text(string)
    }
}
