internal import JSON

extension SchemaCompiler {
    /// Refuses subschemas that lead back to themselves without going into a part of the value: such a check has no end.
    func refuseCycles() throws(SchemaError) {
        var state = [UInt8](repeating: 0, count: nodes.count)
        for start in nodes.indices where state[start] == 0 {
            var path: [(node: Int, targets: [Int32], next: Int)] = [(start, inPlace(start), 0)]
            state[start] = 1
            while let last = path.last {
                guard last.next < last.targets.count else {
                    state[last.node] = 2
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let target = Int(last.targets[last.next])
                if state[target] == 1 { throw cycle(target) }
                guard state[target] == 0 else { continue }
                state[target] = 1
                path.append((target, inPlace(target), 0))
            }
        }
    }

    private func cycle(_ node: Int) -> SchemaError {
        let place = SchemaLocation(document: Int(nodes[node].document), index: Int(nodes[node].location))
        return SchemaError(
            index.path(place), "this leads back to itself without going into a member or element, so that no check would end",
            "take it out of its own $ref, allOf, anyOf, oneOf, not, if, then or else")
    }

    /// The subschemas that a node applies to the same value.
    private func inPlace(_ node: Int) -> [Int32] {
        let first = Int(nodes[node].firstRule)
        var targets: [Int32] = []
        for rule in rules[first..<first + Int(nodes[node].ruleCount)] {
            switch rule {
            case .ref(let target), .not(let target): targets.append(target)
            case .allOf(let list), .anyOf(let list), .oneOf(let list): targets += tables.branches[list.indices]
            case .conditional(let number):
                let rule = tables.conditionals[Int(number)]
                targets.append(rule.condition)
                targets += [rule.then, rule.otherwise].compactMap { $0 }
            case .object(let number): targets += tables.objects[Int(number)].dependentSchemas.map(\.node)
            default: break
            }
        }
        return targets
    }
}
