/// Why a text is not JSON.
public struct JSONParseError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where, in bytes of UTF-8 from its start.
    public let offset: Int
    public let problem: String

    public var description: String { "not valid JSON at byte \(offset): \(problem)" }
}
