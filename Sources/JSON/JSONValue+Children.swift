extension JSONValue {
    /// The elements of an array, in order; empty for all else.
    package var elements: Elements { Elements(self) }

    /// The members of an object, in order, duplicates included; empty for all else.
    package var members: Members { Members(self) }

    /// The tape indices of what stands directly in a container, keys included.
    var children: Indices { Indices(self) }

    struct Indices: Sequence, IteratorProtocol {
        private let document: JSONDocument
        private var at: Int
        private let end: Int

        init(_ container: JSONValue) {
            document = container.document
            let entry = container.entry
            let holds = entry.kind == .array || entry.kind == .object
            at = container.index + 1
            end = holds ? Int(entry.next) : at
        }

        mutating func next() -> Int? {
            guard at < end else { return nil }
            defer { at = Int(document.tape.entries[at].next) }
            return at
        }
    }

    package struct Elements: Sequence, IteratorProtocol {
        private let document: JSONDocument
        private var indices: Indices?

        init(_ array: JSONValue) {
            document = array.document
            indices = array.entry.kind == .array ? Indices(array) : nil
        }

        package mutating func next() -> JSONValue? {
            indices?.next().map { JSONValue(document: document, index: $0) }
        }
    }

    package struct Members: Sequence, IteratorProtocol {
        private let document: JSONDocument
        private var indices: Indices?

        init(_ object: JSONValue) {
            document = object.document
            indices = object.entry.kind == .object ? Indices(object) : nil
        }

        package mutating func next() -> (key: JSONValue, value: JSONValue)? {
            guard let key = indices?.next(), let value = indices?.next() else { return nil }
            return (JSONValue(document: document, index: key), JSONValue(document: document, index: value))
        }
    }
}
