/// What sort of thing a resource is: a static descriptor. The ledger counts by kind (S15).
public final class Kind: Sendable {
    /// When a close gets rid of it (S6).
    public enum Phase: UInt8, Sendable {
        /// Cancelled, then awaited.
        case reap
        /// Run last, one at a time, in reverse order of acquisition.
        case free
    }

    public let name: StaticString
    public let phase: Phase
    let index: Int

    public init(_ name: StaticString, phase: Phase) {
        self.name = name
        self.phase = phase
        index = Kind.registry.withLock { names in
            names.append("\(name)")
            return names.count - 1
        }
        precondition(index < Ledger.maximalKinds, "more kinds than the ledger has room for")
    }

    private static let registry = Lock<[String]>([])

    static func names() -> [String] { registry.withLock { $0 } }

    public static let task = Kind("task", phase: .reap)
    public static let channel = Kind("channel", phase: .reap)
    public static let subscription = Kind("subscription", phase: .reap)
    public static let timer = Kind("timer", phase: .reap)
    public static let process = Kind("process", phase: .reap)
    public static let finalizer = Kind("finalizer", phase: .free)
}
