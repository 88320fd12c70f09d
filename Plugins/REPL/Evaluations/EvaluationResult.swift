internal import AmbitPlugin

/// An evaluation as its tool answers it: the same facts as JSON and as text.
struct EvaluationResult: Sendable {
    let interpreter: Interpreter
    let done: Evaluation.Done
    /// This call has opened it.
    let isNew: Bool
    /// How the one before ended, whose state is lost.
    let before: LastWords?

    private var status: Outcome.Status {
        switch done.outcome {
        case .answered(let answer):
            if done.wasInterrupted, answer["exception"] != nil || shellStatus(answer) == 130 { return .interrupted }
            return answer["exception"] == nil ? .ok : .exception
        case .timedOut: return .timeout
        case .died: return .died
        }
    }

    private var answer: JSON { if case .answered(let answer) = done.outcome { answer } else { .null } }

    private var isStateKept: Bool {
        switch done.outcome {
        case .answered: true
        case .timedOut(let fate): fate == .kept
        case .died: false
        }
    }

    /// What a shell's driver tells of.
    private func shellStatus(_ answer: JSON) -> Int64? { if case .int(let status)? = answer["status"] { status } else { nil } }

    private var value: JSON? {
        if let status = shellStatus(answer) { return ["repr": .string("\(status)"), "type": "exit status", "json": .int(status)] }
        return answer["value"]
    }

    func toolResult() -> ToolResult {
        let (stdout, stderr) = (done.output.text(.stdout), done.output.text(.stderr))
        let background = done.background.text
        let images = (answer["images"]?.array ?? []).prefix(Limits.images).compactMap(Self.image)
        let structured = JSON.object([
            "repl": .string(interpreter.name), "language": .string(interpreter.language.rawValue), "status": .string(status.rawValue),
            "state": .string(isStateKept ? "kept" : "lost"), "opened": .bool(isNew), "evaluation": JSON(done.number),
            "durationMs": JSON(done.milliseconds), "value": value, "exception": answer["exception"],
            "stdout": .string(stdout.text), "stderr": .string(stderr.text),
            "omitted": JSON.object(["stdout": JSON(stdout.omitted), "stderr": JSON(stderr.omitted)]).unless(
                stdout.omitted + stderr.omitted == 0),
            "background": JSON.string(background.text).unless(done.background.isEmpty),
            "images": JSON(images.count).unless(images.isEmpty), "omittedImages": answer["omittedImages"],
            "notStreamed": JSON(done.dropped).unless(done.dropped == 0), "ended": ended?.json, "before": before?.json,
        ])
        var parts: [String] = []
        if let before { parts.append("The interpreter before this one \(before.account)\nIts state is lost; this one is new.") }
        if !done.background.isEmpty { parts.append(section("written since the last evaluation", background.text)) }
        // A shell that was interrupted writes a line break.
        for (title, text) in [("stdout", stdout.text), ("stderr", stderr.text)] where text.contains(where: { !$0.isNewline }) {
            parts.append(section(title, text))
        }
        if let value { parts.append(section(value["type"]?.string == "exit status" ? "exit status" : "value", readable(value))) }
        if let exception = answer["exception"] { parts.append(section("exception", exception["traceback"]?.string ?? "")) }
        if let account { parts.append(account) }
        let opened = isNew ? ", just opened: \(interpreter.version)" : ""
        parts.append("[\(interpreter.name), evaluation \(done.number), \(Spoken.text(milliseconds: done.milliseconds))\(opened)]")
        var result = ToolResult.json(structured, text: parts.joined(separator: "\n"), isError: status != .ok)
        result.content += images
        return result
    }

    private var ended: LastWords? { if case .died(let words) = done.outcome { words } else { isStateKept ? nil : interpreter.lastWords } }

    private var account: String? {
        switch done.outcome {
        case .answered: status == .interrupted ? "It was interrupted; the state is kept." : nil
        case .timedOut(.kept): "Its time was up. It was interrupted; the state is kept."
        case .timedOut(.lost): "Its time was up. It did not heed the interrupt, so \(interpreter.name) was ended: the state is lost."
        case .died(let words): "\(interpreter.name) \(words.sentence). The state is lost."
        }
    }

    private func section(_ title: String, _ text: String) -> String {
        var text = text[...]
        while let last = text.last, last.isNewline { text.removeLast() }
        return "[\(title)]\n\(text)"
    }

    private func readable(_ value: JSON) -> String {
        let text = value["repr"]?.string ?? ""
        guard case .int(let omitted)? = value["omittedCharacters"] else { return text }
        return "\(text)\n… \(omitted) characters left out …"
    }

    private static func image(_ json: JSON) -> Content? {
        guard let data = json["data"]?.string, let bytes = Base64.decode(data) else { return nil }
        return .image(bytes, mimeType: json["mimeType"]?.string ?? "image/png")
    }
}
