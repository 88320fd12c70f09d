public import AmbitPlugin

/// What a client got for a call.
public struct TestResult: Sendable {
    public struct Progress: Equatable, Sendable {
        public let value: Double
        public let total: Double?
        public let message: String

        public init(value: Double, total: Double? = nil, message: String = "") {
            self.value = value
            self.total = total
            self.message = message
        }
    }

    public struct Log: Equatable, Sendable {
        public let level: LogLevel
        public let logger: String
        public let data: JSON

        public init(level: LogLevel, logger: String = "", data: JSON) {
            self.level = level
            self.logger = logger
            self.data = data
        }
    }

    public enum Role: String, Equatable, Sendable { case user, assistant }

    public enum Block: Equatable, Sendable {
        case text(String)
        case image([UInt8], mimeType: String)
        case audio([UInt8], mimeType: String)
        case link(uri: String, name: String, mimeType: String)
        case embeddedText(uri: String, String, mimeType: String)
        case embeddedData(uri: String, [UInt8], mimeType: String)
    }

    public var blocks: [Block]
    public var structured: JSON?
    public var isError: Bool
    public var meta: JSON?
    /// Of a prompt: who says the message of each block.
    public var roles: [Role]
    /// Of a prompt.
    public var description: String?
    public var progress: [Progress]
    public var logs: [Log]

    /// All text blocks, one after the other, a line each.
    public var text: String { texts.joined(separator: "\n") }

    public var texts: [String] {
        blocks.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    /// The texts of a resource's contents.
    public var contents: [String] {
        blocks.compactMap { if case .embeddedText(_, let text, _) = $0 { text } else { nil } }
    }

    /// The handle of a session that this call has minted.
    public var session: String? {
        let prefix = "Session: "
        guard let line = texts.last(where: { $0.hasPrefix(prefix) }) else { return nil }
        return line.dropFirst(prefix.count).split(separator: " ").first.map(String.init)
    }
}
