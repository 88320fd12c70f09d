#if AMBIT_FAULTS
    private import Glibc
#endif

/// The compiled faults of this plugin, in test builds only. Each turns the leak row of its name red.
enum Fault {
    /// Whatever comes in answers the evaluation that is under way.
    static let anyAnswerCounts = isOn("replies-are-exactly-once")

    private static func isOn(_ row: StaticString) -> Bool {
        #if AMBIT_FAULTS
            getenv("AMBIT_FAULT").map { String(cString: $0) == "\(row)" } ?? false
        #else
            false
        #endif
    }
}
