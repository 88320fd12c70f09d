/// How long a call may take. Nanoseconds; Int64.max: no limit.
struct HandlerLimits: Sendable {
    /// Defaults of a call's limits (DESIGN section 2).
    static let standardIdle: Int64 = 120 * 1_000_000_000
    static let standardTotal: Int64 = 3600 * 1_000_000_000

    let idle: Int64
    let total: Int64
    /// The plugin gave the total limit; else it is the host's default.
    let hasOwnTotal: Bool

    /// As plugins declare them: 0 is the default, -1 none.
    init(idle: Int64, total: Int64) throws(Refusal) {
        self.idle = try Self.limit(idle, Self.standardIdle, "idle_limit_ns")
        self.total = try Self.limit(total, Self.standardTotal, "total_limit_ns")
        hasOwnTotal = total != 0
    }

    private static func limit(_ value: Int64, _ standard: Int64, _ name: StaticString) throws(Refusal) -> Int64 {
        switch value {
        case 0: return standard
        case -1: return .max
        case 1...: return value
        default: throw .invalid("\(name) is \(value): it is -1 (none), 0 (the default) or nanoseconds")
        }
    }
}
