internal import AmbitPlugin

/// How an interpreter ended, and what it said last.
struct LastWords: Equatable, Sendable {
    var exitCode: Int32?
    var signal: Int32?
    /// Why it was ended by us; nil: it was not.
    var reason: String?
    /// The end of what it has written to stderr.
    var stderr = ""

    /// "exited with code 3", "was ended (it did not heed an interrupt)"
    var sentence: String {
        if let reason { return "was ended: \(reason)" }
        if let exitCode { return "exited with code \(exitCode)" }
        if let signal { return "was killed by \(SignalName.of(signal))" }
        return "has ended"
    }

    /// The sentence, and what it said.
    var account: String {
        var said = stderr[...]
        while let last = said.last, last.isNewline { said.removeLast() }
        return said.isEmpty ? "\(sentence)." : "\(sentence); its last words:\n\(said)"
    }

    var json: JSON {
        .object([
            "exitCode": exitCode.map { JSON($0) }, "signal": signal.map { .string(SignalName.of($0)) }, "reason": reason.map(JSON.string),
            "stderr": JSON.string(stderr).unless(stderr.isEmpty),
        ])
    }
}
