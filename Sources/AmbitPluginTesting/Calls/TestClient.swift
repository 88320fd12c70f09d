public import AmbitPlugin

/// Who calls.
public struct TestClient: Sendable {
    public var era: Era
    /// Stable id of who asks; handles that one principal minted are nobody else's.
    public var principal: String
    public var name: String
    public var wantsProgress: Bool
    /// The lowest level that it wants; nil: none.
    public var logLevel: LogLevel?

    public init(
        era: Era = .modern, principal: String = "", name: String = "test", wantsProgress: Bool = true,
        logLevel: LogLevel? = .debug
    ) {
        self.era = era
        self.principal = principal
        self.name = name
        self.wantsProgress = wantsProgress
        self.logLevel = logLevel
    }
}
