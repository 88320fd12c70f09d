import MCP
import PluginHost
import Scopes

/// The questions of one `ask`, until the last of them is answered.
final class AskRound: Sendable {
    private struct State {
        var answers: [AskAnswer?]
        var done: (@Sendable ([AskAnswer]) -> Void)?
    }

    private let state: Lock<State>

    init(_ count: Int, _ done: @escaping @Sendable ([AskAnswer]) -> Void) {
        state = Lock(State(answers: Array(repeating: nil, count: count), done: done))
    }

    /// A second answer to one question changes nothing. The last one tells whoever asked.
    func answer(_ index: Int, _ answer: AskAnswer) {
        let ready = state.withLock { state -> (@Sendable ([AskAnswer]) -> Void, [AskAnswer])? in
            if state.answers[index] == nil { state.answers[index] = answer }
            let answers = state.answers.compactMap { $0 }
            guard answers.count == state.answers.count, let done = state.done.take() else { return nil }
            return (done, answers)
        }
        if let (done, answers) = ready { done(answers) }
    }
}
