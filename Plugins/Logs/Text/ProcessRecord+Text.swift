internal import AmbitPlugin

/// A process as the tools show it: the same facts as a JSON object and as a sentence.
extension ProcessRecord {
    func json(now: Int64) -> JSON {
        .object([
            "process": .string(id),
            "name": .string(name),
            "command": .string(command),
            "cwd": directory.map(JSON.string),
            "kept": .bool(owner == .plugin),
            "status": .string(status.rawValue),
            "pid": knownPID.map { JSON($0) },
            "exitCode": end?.exitCode.map { JSON($0) },
            "signal": end?.signal.map { .string(SignalName.of($0)) },
            "startedAt": .string(Timestamp.text(startedAt)),
            "runTimeMs": JSON(runTimeMilliseconds(now: now)),
            "lines": JSON(lines),
            "bytes": JSON(outputBytes),
            "cursor": JSON(ring.lastCursor),
            "urls": urls.isEmpty ? JSON?.none : JSON(urls),
        ])
    }

    private var knownPID: Int32? { pid > 0 ? pid : nil }

    /// "is running (pid 1234)", "exited with code 0"
    var state: String {
        switch status {
        case .starting: "is starting"
        case .running: "is running (pid \(pid))"
        case .exited, .stopped: (status == .stopped ? "was stopped" : "exited") + how
        }
    }

    private var how: String {
        if let code = end?.exitCode { return " with code \(code)" }
        if let signal = end?.signal { return status == .stopped ? " (\(SignalName.of(signal)))" : " by \(SignalName.of(signal))" }
        return ""
    }

    /// "web-3f9a1c (npm run dev) exited with code 1 after 2.3 s; 12 lines, 345 bytes of output"
    func sentence(now: Int64) -> String {
        let milliseconds = runTimeMilliseconds(now: now)
        let time = status.isOver ? " after \(ProcessRecord.spoken(milliseconds))" : " since \(Timestamp.text(startedAt))"
        let output = lines == 0 ? "no output" : "\(lines) \(lines == 1 ? "line" : "lines"), \(outputBytes) bytes of output"
        return
            "\(id) (\(title)) \(state)\(time); \(output)\(owner == .plugin ? "; kept" : "")\(urls.isEmpty ? "" : "; \(urls.joined(separator: " "))")"
    }

    /// The command in one line, cut where it is long.
    private var title: String {
        let first = command.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        if first == command, first.count <= Self.longestTitle { return first }
        var short = first.prefix(Self.longestTitle)
        while short.last?.isWhitespace == true { short.removeLast() }
        return short + " …"
    }

    private static let longestTitle = 80

    private static func spoken(_ milliseconds: Int64) -> String {
        switch milliseconds {
        case ..<1000: "\(milliseconds) ms"
        case ..<60000: "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        case ..<3_600_000: "\(milliseconds / 60000) min \(milliseconds / 1000 % 60) s"
        default: "\(milliseconds / 3_600_000) h \(milliseconds / 60000 % 60) min"
        }
    }
}
