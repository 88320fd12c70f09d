import Glibc

/// The Date header (RFC 9110 6.6.1), made once a second.
struct DateStamp {
    private(set) var bytes: [UInt8] = []
    private var second: Int = -1

    mutating func refresh() {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        if now.tv_sec != second { set(second: now.tv_sec) }
    }

    /// Unix seconds to `Sun, 06 Nov 1994 08:49:37 GMT`; names are English whatever the locale.
    mutating func set(second: Int) {
        self.second = second
        var time = second
        var parts = tm()
        gmtime_r(&time, &parts)
        let days: [StaticString] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months: [StaticString] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        bytes = Array(
            "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
                .utf8)
    }
}
