/// What a plugin may do beyond computing. What it does without the permission is answered with `Status.denied`.
public struct Permissions: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// To start child processes.
    public static let process = Permissions(rawValue: 1 << 0)
    public static let network = Permissions(rawValue: 1 << 1)
    public static let files = Permissions(rawValue: 1 << 2)
    /// To subscribe to the topics of other plugins.
    public static let foreignTopics = Permissions(rawValue: 1 << 3)
}
