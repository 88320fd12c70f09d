internal import JSON

/// Where the last `ambit_host_value.at` stood, so that walking a container in order costs each element once.
struct ValueCursor: Sendable {
    let container: Int
    /// Position that the next step gives.
    private(set) var position = 0
    private var elements: JSONValue.Elements?
    private var members: JSONValue.Members?

    init(_ container: JSONValue) {
        self.container = container.index
        if container.kind == .array { elements = container.elements } else { members = container.members }
    }

    mutating func next() -> (key: JSONValue?, value: JSONValue)? {
        position += 1
        if let value = elements?.next() { return (nil, value) }
        if let member = members?.next() { return (member.key, member.value) }
        return nil
    }
}
