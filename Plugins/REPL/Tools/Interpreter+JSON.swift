internal import AmbitPlugin
private import Glibc

/// An interpreter as the tools show it: the same facts as a JSON object and as a sentence.
extension Interpreter {
    var json: JSON {
        let machine = machine
        let pid = machine.lastWords == nil ? process?.info.pid ?? 0 : 0
        return .object([
            "repl": .string(name), "language": .string(language.rawValue), "status": .string(status(machine)),
            "version": JSON.string(version).unless(version.isEmpty), "program": .string(program.path), "pid": JSON(pid).unless(pid <= 0),
            "cwd": workingDirectory(pid).map(JSON.string), "evaluations": JSON(machine.evaluations),
            "waiting": JSON(machine.line.count), "droppedAnswers": JSON(machine.strangers).unless(machine.strangers == 0),
            "ended": machine.lastWords?.json,
        ])
    }

    /// "python (Python 3.11.2, /usr/bin/python3) is idle, pid 4711, in /srv; 3 evaluations"
    var sentence: String {
        let machine = machine
        let title = "\(name) (\(version.isEmpty ? "" : "\(version), ")\(program.path))"
        let evaluations = "\(machine.evaluations) \(machine.evaluations == 1 ? "evaluation" : "evaluations")"
        if let words = machine.lastWords { return "\(title) \(words.sentence); \(evaluations)" }
        let pid = process?.info.pid ?? 0
        let place = workingDirectory(pid).map { ", in \($0)" } ?? ""
        let waiting = machine.line.isEmpty ? "" : ", \(machine.line.count) waiting"
        return "\(title) is \(status(machine)), pid \(pid)\(place); \(evaluations)\(waiting)"
    }

    private func status(_ machine: InterpreterState) -> String {
        switch machine.phase {
        case .starting: "starting"
        case .idle, .settling: "idle"
        case .granted, .running: "busy"
        case .ended: "ended"
        }
    }

    private func workingDirectory(_ pid: Int32) -> String? {
        guard pid > 0 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            let count = readlink("/proc/\(pid)/cwd", buffer.baseAddress!, buffer.count)
            guard count > 0 else { return nil }
            return String(decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]), as: UTF8.self)
        }
    }
}
