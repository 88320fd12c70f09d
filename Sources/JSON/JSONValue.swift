/// A value in a document: a view that costs two words and keeps the document alive.
package struct JSONValue: Sendable {
    package enum Kind: UInt8, Sendable, CaseIterable { case null, bool, number, string, array, object }

    package let document: JSONDocument
    /// Where the value stands on the document's tape.
    package let index: Int

    init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    var entry: JSONTape.Entry { document.tape.entries[index] }

    package var kind: Kind { entry.kind }
    package var isNull: Bool { entry.kind == .null }
    /// The truth value; nil for anything but `true` and `false`.
    package var bool: Bool? {
        let entry = entry
        return entry.kind == .bool ? entry.isTrue : nil
    }

    /// Elements of an array, members of an object (duplicate keys counted each); 0 for all else.
    package var count: Int {
        if let count = entry.count { return count }
        var count = 0
        for _ in children { count += 1 }
        return entry.kind == .object ? count / 2 : count
    }
}
