/// The variables of a template in the URI that is read.
public struct Variables: Sendable, Equatable {
    public let values: [String: String]

    init(_ values: [String: String]) { self.values = values }

    /// Empty where the URI has no such variable, as those of a query may be.
    public subscript(_ name: String) -> String { values[name] ?? "" }
}
