internal import AmbitPlugin

/// When a program counts as ready: the first of what is given that comes true.
struct Readiness: Sendable {
    /// Found in a line of its output.
    let pattern: LinePattern?
    /// A TCP port of this machine on which something listens.
    let port: Int?
    /// Something answers there.
    let url: WebProbe?

    static let standardSeconds = 30.0
    private static let probeInterval = Duration.milliseconds(100)

    /// Nil where nothing is asked.
    init?(text: String?, port: Int?, url: String?) throws(ToolError) {
        guard text != nil || port != nil || url != nil else { return nil }
        pattern = try text.map { text throws(ToolError) in try LinePattern(text) }
        self.port = port
        self.url = try url.map { url throws(ToolError) in try WebProbe(url) }
    }

    enum Outcome: Sendable {
        /// What came true, in words.
        case ready(String)
        /// What was seen instead, in words.
        case notYet(String)
        case ended
    }

    /// Waits until it is ready, has ended, or time is up.
    func wait(_ call: Call, _ store: ProcessStore, _ id: String, seconds: Double) async throws -> Outcome {
        let deadline = call.host.now + Int64(seconds * 1e9)
        var seen = "no such line, "
        if pattern == nil { seen = "" }
        var cursor = 0
        while true {
            if let pattern, let line = find(pattern, store, id, &cursor) { return .ready("line \(line.cursor): \(line.text)") }
            guard let record = store.record(id), !record.status.isOver else { return .ended }
            if let port, Self.listens(port) { return .ready("port \(port) listens") }
            var web = ""
            if let url {
                switch url.ask() {
                case .success(let status): return .ready("\(url.text) answers with \(status)")
                case .failure(let problem): web = "\(url.text): \(problem.text), "
                }
            }
            guard call.host.now < deadline else {
                let ports = port.map { "nothing listens on port \($0), " } ?? ""
                return .notYet("\(seen)\(ports)\(web)\(record.lines) \(record.lines == 1 ? "line" : "lines") of output so far")
            }
            try await call.scope.sleep(for: Self.probeInterval)
        }
    }

    private func find(_ pattern: LinePattern, _ store: ProcessStore, _ id: String, _ cursor: inout Int) -> Line? {
        while let batch = store.follow(id, after: cursor, filter: LineFilter(pattern: pattern), limit: 1) {
            cursor = batch.cursor
            if let line = batch.lines.first { return line }
            if batch.isAtEnd { return nil }
        }
        return nil
    }

    private static func listens(_ port: Int) -> Bool { ["127.0.0.1", "::1"].contains { LocalSocket.connects(to: $0, port) } }
}
