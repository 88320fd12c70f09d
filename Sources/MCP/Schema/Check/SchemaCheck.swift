internal import JSON

/// One check of one value: walks the rules, counts steps, and, where a report is asked for, says what is wrong.
///
/// First it is only asked whether the value is right, and the first thing that is not ends it. A report costs a second walk.
struct SchemaCheck {
    let schema: Schema
    let limits: SchemaLimits
    /// Steps that are left.
    var steps: Int
    var depth = 0
    /// Why the check can't be finished; then its answer means nothing.
    private(set) var stop: SchemaFailure?
    /// Whether there is a `stop`, which is asked at each step.
    private(set) var isStopped = false
    /// Schema resources that were entered, the outermost first (the dynamic scope).
    var scope: [Int32] = []
    let tracksScope: Bool
    /// Storage of all ``MarkFrame``s.
    var marks: [UInt64] = []
    /// Reused for text with escapes.
    var text: [UInt8] = []
    var matcher: PatternMatcher?
    /// Where failures are collected; nil while only yes or no is asked.
    var report: FailureReport?
    /// Above zero where a failure is not one of the value: below `not` and `if`, and in alternatives.
    var quiet = 0

    init(_ schema: Schema, _ limits: SchemaLimits) {
        self.schema = schema
        self.limits = limits
        steps = limits.maxSteps
        tracksScope = !schema.tables.dynamicReferences.isEmpty
    }

    /// Whether failures are to be said.
    var reports: Bool {
        guard quiet == 0, let report else { return false }
        return !report.isFull
    }

    /// Takes steps; false when there are no more, and from then on.
    @inline(__always)
    mutating func charge(_ cost: Int, _ node: Int) -> Bool {
        steps -= cost
        if steps >= 0, !isStopped { return true }
        exhausted(node)
        return false
    }

    private mutating func exhausted(_ node: Int) {
        stopped("the value can't be checked: it costs more than \(limits.maxSteps) steps", node)
    }

    /// Ends the check without an answer.
    mutating func stopped(_ message: String, _ node: Int, _ keyword: String = "") {
        if isStopped { return }
        isStopped = true
        stop = SchemaFailure(
            instancePointer: "", instancePath: "", keyword: keyword, schemaPath: schema.path(of: node, keyword), message: message,
            isLimit: true)
    }

    /// Whether a value satisfies a subschema. What that has evaluated is added to `marks` of the schema that applies it to the
    /// same value.
    mutating func evaluate(_ number: Int, _ value: JSONValue, _ outer: MarkFrame = .none) -> Bool {
        let node = schema.nodes[number]
        guard charge(1, number) else { return false }
        if node.ruleCount == 0 { return true }
        guard depth < limits.maxDepth else {
            stopped("the value can't be checked: schemas apply each other more than \(limits.maxDepth) deep", number)
            return false
        }
        depth += 1
        let enters = tracksScope && scope.last != node.resource
        if enters { scope.append(node.resource) }
        let frame = outer.isOpen || node.asksForMarks ? openFrame(for: value) : .none
        let first = Int(node.firstRule)
        var holds = true
        for rule in first..<first + Int(node.ruleCount) {
            if apply(schema.rules[rule], number, value, frame, holds) { continue }
            holds = false
            if !reports { break }
        }
        if frame.isOpen {
            if holds, outer.isOpen { merge(frame, into: outer) }
            close(frame)
        }
        if enters { scope.removeLast() }
        depth -= 1
        return holds && !isStopped
    }

    /// Whether a value satisfies a rule. `holds` says whether it did with those before.
    private mutating func apply(
        _ rule: SchemaRule, _ node: Int, _ value: JSONValue, _ frame: MarkFrame, _ holds: Bool
    ) -> Bool {
        switch rule {
        case .ref(let target): return evaluate(Int(target), value, frame)
        case .dynamicRef(let reference): return evaluate(dynamicTarget(reference, node), value, frame)
        case .allOf(let list): return all(list, value, frame)
        case .anyOf(let list): return any(list, node, value, frame)
        case .oneOf(let list): return one(list, node, value, frame)
        case .not(let target): return not(target, node, value)
        case .conditional(let number): return conditional(number, value, frame)
        case .object(let number): return value.kind != .object || object(Int(number), node, value, frame)
        case .propertyNames(let target): return value.kind != .object || names(target, value)
        case .array(let number): return value.kind != .array || array(Int(number), value, frame)
        case .contains(let number): return value.kind != .array || contains(Int(number), node, value, frame)
        // Where another keyword failed its marks are missing, and more would fail here than is wrong.
        case .unevaluatedItems(let target): return value.kind != .array || !holds || unevaluatedItems(target, node, value, frame)
        case .unevaluatedProperties(let target):
            return value.kind != .object || !holds || unevaluatedProperties(target, node, value, frame)
        default: return assert(rule, node, value)
        }
    }

    /// The first schema of the dynamic scope that has the name, else where the reference leads by itself.
    private mutating func dynamicTarget(_ number: Int32, _ node: Int) -> Int {
        let reference = schema.tables.dynamicReferences[Int(number)]
        for resource in scope {
            guard charge(1, node) else { break }
            if let found = schema.tables.dynamicTargets[DynamicTarget(name: reference.name, resource: resource)] { return Int(found) }
        }
        return Int(reference.fallback)
    }
}
