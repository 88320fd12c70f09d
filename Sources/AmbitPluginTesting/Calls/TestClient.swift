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
    /// What it answers when it is asked, by the keys of the questions: the results of those requests in MCP. With none at all it can't be asked.
    public var answers: [String: JSON]

    public init(
        era: Era = .modern, principal: String = "", name: String = "test", wantsProgress: Bool = true,
        logLevel: LogLevel? = .debug, answers: [String: JSON] = [:]
    ) {
        self.era = era
        self.principal = principal
        self.name = name
        self.wantsProgress = wantsProgress
        self.logLevel = logLevel
        self.answers = answers
    }

    /// What it says that it can do.
    var capabilities: JSON? {
        answers.isEmpty
            ? nil : ["elicitation": ["form": [:], "url": [:]], "sampling": ["tools": [:], "context": [:]], "roots": [:]]
    }
}
