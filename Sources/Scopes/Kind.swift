/// What sort of thing a resource is: a static descriptor. The ledger counts by kind (S15).
public final class Kind: Sendable {
    /// When a close gets rid of it (S6).
    public enum Phase: UInt8, Sendable {
        /// Cancelled, then awaited.
        case reap
        /// Run last, one at a time, in reverse order of acquisition.
        case free
    }

    public let name: String
    public let phase: Phase
    let index: Int

    /// For the life of the process.
    public init(_ name: StaticString, phase: Phase) {
        self.name = "\(name)"
        self.phase = phase
        index = Kind.registry.withLock { $0.add("\(name)") }
        precondition(index < Ledger.maximalKinds, "more kinds than the ledger has room for")
    }

    private init(custom name: String, phase: Phase, index: Int) {
        self.name = name
        self.phase = phase
        self.index = index
    }

    /// A kind that is defined while the process runs: the same one for the same name and phase, so that plugins that come and go use up nothing.
    /// Nil: the ledger has no room for one more.
    package static func custom(_ name: String, phase: Phase) -> Kind? {
        registry.withLock { registry in
            let key = "\(name) \(phase)"
            if let known = registry.custom[key] { return known }
            guard registry.names.count < Ledger.maximalKinds - hostsRoom else { return nil }
            let made = Kind(custom: name, phase: phase, index: registry.add(name))
            registry.custom[key] = made
            return made
        }
    }

    /// Kept for the host's own, which are registered when they are first used: plugins can't use it up.
    static let hostsRoom = 64

    private struct Registry: Sendable {
        var names: [String] = []
        var custom: [String: Kind] = [:]

        mutating func add(_ name: String) -> Int {
            names.append(name)
            return names.count - 1
        }
    }

    private static let registry = Lock(Registry())

    static func names() -> [String] { registry.withLock { $0.names } }

    public static let task = Kind("task", phase: .reap)
    public static let channel = Kind("channel", phase: .reap)
    public static let subscription = Kind("subscription", phase: .reap)
    public static let timer = Kind("timer", phase: .reap)
    public static let process = Kind("process", phase: .reap)
    public static let finalizer = Kind("finalizer", phase: .free)
}
