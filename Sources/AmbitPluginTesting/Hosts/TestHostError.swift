/// Why a test host can't do what it was asked for: the plugin can't be loaded, or the host is used wrongly.
public struct TestHostError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
