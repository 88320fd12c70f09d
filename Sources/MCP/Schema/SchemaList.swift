/// A run of entries in one of the flat tables of a schema.
struct SchemaList: Sendable, BitwiseCopyable {
    let first: Int32
    let count: Int32

    init(first: Int, count: Int) {
        self.first = Int32(truncatingIfNeeded: first)
        self.count = Int32(truncatingIfNeeded: count)
    }

    var isEmpty: Bool { count == 0 }
    var indices: Range<Int> { Int(first)..<Int(first) + Int(count) }
}
