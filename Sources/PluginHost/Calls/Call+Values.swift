internal import CAmbit
internal import JSON
internal import Scopes

/// Typed access to the arguments (A10). A value is an offset on the document's tape from the arguments: nothing outside of them, like the
/// request's `_meta`, can be named.
extension Call {
    func value(_ value: ambit_value) throws(Refusal) -> JSONValue {
        guard !isFinished else { throw Refusal(.closed, "the call has ended") }
        let root = arguments
        if value == 0 { return root }
        guard let found = root.document.value(at: root.index + Int(value)) else { throw Self.noValue }
        let (outer, inner) = (root.raw.indices, found.raw.indices)
        guard inner.lowerBound > outer.lowerBound, inner.upperBound < outer.upperBound else { throw Self.noValue }
        return found
    }

    private static let noValue = Refusal(.invalidArgument, "there is no such value in the arguments of this call")

    func number(of value: JSONValue) -> ambit_value { ambit_value(value.index - arguments.index) }

    /// Element or member at a position in document order.
    func child(of container: JSONValue, at position: UInt64) throws(Refusal) -> (key: JSONValue?, value: JSONValue) {
        guard container.kind == .array || container.kind == .object else {
            throw .invalid("the value is \(container.kind), neither an array nor an object")
        }
        guard position < container.count else {
            throw Refusal(.notFound, "there is no position \(position): the container has \(container.count)")
        }
        let found = core.withLock { core -> (key: JSONValue?, value: JSONValue)? in
            var cursor: ValueCursor
            if let last = core.cursor, last.container == container.index, last.position <= Int(position) {
                cursor = last
            } else {
                cursor = ValueCursor(container)
            }
            while cursor.position < Int(position) { _ = cursor.next() }
            let found = cursor.next()
            core.cursor = cursor
            return found
        }
        guard let found else { throw Self.noValue }
        return found
    }
}
