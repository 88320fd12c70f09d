/// Values that are suggested, the best first. Clients get 100 at the most.
public struct Completions: Sendable, ExpressibleByArrayLiteral {
    public var values: [String]
    /// How many there are in all, where that is known.
    public var total: Int?

    public init(_ values: [String], total: Int? = nil) {
        self.values = values
        self.total = total
    }

    public init(arrayLiteral values: String...) { self.init(values) }

    var result: ToolResult {
        let hasMore = total.map { $0 > values.count }
        return ToolResult(
            structured: .object(["values": JSON(values), "total": total.map { JSON($0) }, "hasMore": hasMore.map { JSON($0) }]))
    }
}
