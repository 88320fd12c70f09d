internal import AmbitPlugin
private import Synchronization

/// What one evaluation writes, and in the end its answer: filled by the reader of the interpreter, read by the call.
final class EvaluationOutput: Sendable {
    private struct State {
        var texts: [OutputStream: BoundedText]
        var splitters: [OutputStream: LineSplitter] = [:]
        var answer: JSON?
        var wasInterrupted = false
        var isOver = false
    }

    /// To the client; nil: it reads none.
    let lines: Channel<OutputLine>?
    private let state: Mutex<State>

    init(limit: Int, lines: Channel<OutputLine>?) {
        self.lines = lines
        state = Mutex(State(texts: [.stdout: BoundedText(limit: limit), .stderr: BoundedText(limit: limit)]))
    }

    func append(_ bytes: [UInt8], _ stream: OutputStream) {
        let lines = state.withLock { state -> [String] in
            state.texts[stream]?.append(bytes)
            return self.lines == nil || state.isOver ? [] : state.splitters[stream, default: LineSplitter()].split(bytes)
        }
        for line in lines { _ = self.lines?.trySend(OutputLine(stream: stream, text: line)) }
    }

    /// Kept until the call has been told that there is one.
    func keep(_ answer: JSON, wasInterrupted: Bool) {
        state.withLock { state in
            state.answer = answer
            state.wasInterrupted = wasInterrupted
        }
    }

    var wasInterrupted: Bool { state.withLock { $0.wasInterrupted } }
    var answer: JSON? { state.withLock { $0.answer } }

    /// Nothing more is written; what has no line break is a line.
    func finish() {
        let rest = state.withLock { state -> [OutputLine] in
            guard !state.isOver else { return [] }
            state.isOver = true
            return OutputStream.allCases.compactMap { stream in
                state.splitters[stream]?.finish().map { OutputLine(stream: stream, text: $0) }
            }
        }
        guard let lines else { return }
        for line in rest { _ = lines.trySend(line) }
        lines.finish()
    }

    /// What is kept of a stream, and the number of bytes left out.
    func text(_ stream: OutputStream) -> (text: String, omitted: Int) {
        let kept = state.withLock { $0.texts[stream] }
        return kept?.text ?? ("", 0)
    }
}
