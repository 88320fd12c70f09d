#if AMBIT_FAULTS
    private import Glibc
#endif

/// The compiled faults of this plugin, in test builds only. Each turns the leak row of its name red.
enum Fault {
    /// Whatever comes in answers the evaluation that is under way.
    static let anyAnswerCounts = isOn("replies-are-exactly-once")

    /// An interpreter that does not become ready is waited for.
    static let endlessAttempts = isOn("attempts-have-deadlines")
    /// What is being opened belongs to the plugin and not to the session.
    static let orphanedAttempts = isOn("manager-stops-while-connecting")

    private static func isOn(_ row: StaticString) -> Bool {
        #if AMBIT_FAULTS
            getenv("AMBIT_FAULT").map { String(cString: $0) == "\(row)" } ?? false
        #else
            false
        #endif
    }
}
