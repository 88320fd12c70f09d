/// Why something ends (S3). The first reason wins; later ones are listed in the report.
public struct Reason: Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Int32, Sendable, CaseIterable {
        case completed, failed, cancelled, deadline, idle, disconnected, ownerClosed, ownerDied, unloaded, shutdown

        /// Unknown kinds count as cancelled (S3).
        public init(raw: Int32) { self = Kind(rawValue: raw) ?? .cancelled }

        public var name: String { "\(self)" }
    }

    public let kind: Kind
    /// Who: a scope path or a component of the host.
    public let by: String
    /// The signal that caused it, 0 if none.
    public let signal: Int32
    /// For people; may be empty.
    public let text: String

    public init(_ kind: Kind, by: String, signal: Int32 = 0, text: String = "") {
        self.kind = kind
        self.by = by
        self.signal = signal
        self.text = text
    }

    /// Whether this is a normal end, which drains before it cancels (S6).
    public var isPolite: Bool {
        switch kind {
        case .completed, .idle, .unloaded, .shutdown: true
        default: false
        }
    }

    public var description: String {
        var result = kind.name
        if signal != 0 { result += " (signal \(signal))" }
        if !by.isEmpty { result += " by \(by)" }
        if !text.isEmpty { result += ": \(text)" }
        return result
    }
}

/// The scope is closing or closed: nothing can be acquired in it any more (S5).
public struct ScopeClosed: Sendable, CustomStringConvertible {
    public let path: String
    public let reason: Reason

    public var description: String { "the scope \(path) is closing (\(reason))" }
}
