#if AMBIT_FAULTS
    private import Glibc
#endif

/// Deliberate defects, one per leak row, that prove the row's test can fail. Only test builds contain them.
package enum Fault {
    #if AMBIT_FAULTS
        private static let active: String? = getenv("AMBIT_FAULT").map { String(cString: $0) }

        /// Whether the environment variable AMBIT_FAULT names this row of the leak catalogue.
        package static func isOn(_ row: StaticString) -> Bool {
            guard let active else { return false }
            return active == "\(row)"
        }
    #else
        @inline(__always)
        package static func isOn(_ row: StaticString) -> Bool { false }
    #endif
}
