/// A value that is being encoded: containers fill it in, `json` is what came of it.
final class JSONNode {
    enum Content {
        case value(JSON)
        case elements([JSONNode])
        case members([(key: String, node: JSONNode)])
    }

    var content = Content.value(.object(JSON.Object()))

    var json: JSON {
        switch content {
        case .value(let json): json
        case .elements(let nodes): .array(nodes.map(\.json))
        case .members(let members): .object(JSON.Object(members.map { ($0.key, $0.node.json) }))
        }
    }

    func encode<Value: Encodable>(_ value: Value, at path: [any CodingKey]) throws {
        if let scalar = value as? any JSONScalar {
            let json = scalar.json
            if case .double(let number) = json, !number.isFinite {
                throw EncodingError.invalidValue(
                    value, .init(codingPath: path, debugDescription: "\(JSONKey.path(path)): JSON has no \(number)"))
            }
            content = .value(json)
        } else {
            try value.encode(to: JSONValueEncoder(self, at: path))
        }
    }

    /// A new last element.
    func append() -> JSONNode {
        let node = JSONNode()
        var nodes: [JSONNode] = []
        if case .elements(let existing) = content { nodes = existing }
        content = .value(.null)  // so that the array is not copied
        nodes.append(node)
        content = .elements(nodes)
        return node
    }

    /// The member of that name, a new last one where there is none.
    func member(_ key: String) -> JSONNode {
        let node = JSONNode()
        var members: [(key: String, node: JSONNode)] = []
        if case .members(let existing) = content { members = existing }
        content = .value(.null)
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].node = node
        } else {
            members.append((key, node))
        }
        content = .members(members)
        return node
    }
}
