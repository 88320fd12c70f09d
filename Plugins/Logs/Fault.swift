#if AMBIT_FAULTS
    private import Glibc
#endif

/// The compiled faults of this plugin, in test builds only. Each turns the leak row of its name red.
enum Fault {
    /// A follower's subscription belongs to the plugin and not to the call that follows.
    static let abandonedFollowers = isOn("abandoned-follower-leaves-nothing")
    /// The reader stops at the exit event, with the last chunk in its hands.
    static let lostLines = isOn("no-line-lost-at-exit")

    /// A line is sent once for each way in which it was heard of.
    static let repeatedLines = isOn("one-line-one-notification")
    /// Ids have the resolution of a clock.
    static let idsBySecond = isOn("concurrent-start-is-atomic")

    private static func isOn(_ row: StaticString) -> Bool {
        #if AMBIT_FAULTS
            getenv("AMBIT_FAULT").map { String(cString: $0) == "\(row)" } ?? false
        #else
            false
        #endif
    }
}
