import CLinux
import Glibc
package import Logging

/// One line on stderr for each record: time, level, message, fields. Secrets are masked.
package struct StderrLogHandler: LogHandler {
    /// Of a logger that was given a level of its own; else the threshold's counts.
    private var ownLevel: Logger.Level?
    private let threshold: LogThreshold
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    package init(threshold: LogThreshold) { self.threshold = threshold }

    package var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields: [(String, String)] = []
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { fields.append((key, "\(value)")) }
        if let error = event.error { fields.append(("error", "\(error)")) }
        Self.write(Self.line(level: event.level, message: "\(event.message)", fields: fields, at: Self.now()))
    }

    /// `2026-11-22T23:07:00.123Z warning  the message key=value other="two words"`
    static func line(level: Logger.Level, message: String, fields: [(String, String)], at time: timespec) -> String {
        var line = stamp(time)
        let name = level.rawValue
        line += " " + name + String(repeating: " ", count: max(0, 8 - name.utf8.count)) + " "
        line += oneLine(SecretMask.mask(message))
        for (key, value) in fields { line += " \(key)=" + quoted(oneLine(SecretMask.mask(value, forKey: key))) }
        return line + "\n"
    }

    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                // Whatever else controls a terminal is shown, not obeyed.
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    result += "\\u{\(String(scalar.value, radix: 16))}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    private static func quoted(_ text: String) -> String {
        text.isEmpty || text.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" })
            ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"") + "\"" : text
    }

    private static func now() -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time
    }

    private static func stamp(_ time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func pad(_ number: Int, _ width: Int) -> String {
            let digits = "\(number)"
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return "\(pad(Int(parts.tm_year) + 1900, 4))-\(pad(Int(parts.tm_mon) + 1, 2))-\(pad(Int(parts.tm_mday), 2))T"
            + "\(pad(Int(parts.tm_hour), 2)):\(pad(Int(parts.tm_min), 2)):\(pad(Int(parts.tm_sec), 2)).\(pad(time.tv_nsec / 1_000_000, 3))Z"
    }

    /// In one system call, so that lines of several threads do not mix.
    private static func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Glibc.write(2, bytes.baseAddress! + offset, bytes.count - offset)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                offset += count
            }
        }
    }
}
