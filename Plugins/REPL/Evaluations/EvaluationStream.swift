internal import AmbitPlugin

/// Sends the lines of an evaluation to its client while it runs: each as progress and as a log message of level info, to those who asked
/// for them.
struct EvaluationStream: Sendable {
    let call: Call
    let interpreter: String

    /// Ends when the lines do. Gives how many came too fast for this client.
    func run(_ lines: Channel<OutputLine>) async throws -> Int {
        var count = 0.0
        var dropped = 0
        for try await received in lines {
            if received.dropped > 0 {
                dropped += Int(clamping: received.dropped)
                count += 1
                try await send(count, "… \(received.dropped) lines dropped …", ["gap": JSON(received.dropped)])
            }
            count += 1
            let line = received.value
            try await send(count, line.text, ["stream": .string(line.stream.rawValue)])
        }
        return dropped
    }

    static func isWanted(by call: Call) -> Bool { call.wantsProgress || call.logLevel.map { $0 <= .info } ?? false }

    private func send(_ count: Double, _ text: String, _ more: KeyValuePairs<String, JSON?>) async throws {
        call.progress(count, text)
        var data = JSON.object(more)
        data["repl"] = .string(interpreter)
        data["text"] = .string(text)
        try await call.log(.info, data)
    }
}
