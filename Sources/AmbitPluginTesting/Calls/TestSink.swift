internal import AmbitPlugin
internal import JSON
internal import MCP
internal import PluginHost
internal import Scopes

/// The client's end of one call.
final class TestSink: CallSink {
    private struct State: Sendable {
        var progress: [TestResult.Progress] = []
        var logs: [TestResult.Log] = []
        var isReading = true
        var waiting: [@Sendable (Bool) -> Void] = []
        var outcome: CallOutcome?
        var onEnd: (@Sendable () -> Void)?
    }

    private let state: Lock<State>
    private let context: RequestContext
    /// By the keys of the questions.
    private let answers: [String: JSONValue]
    private let executor: ThreadExecutor

    init(
        _ context: RequestContext, _ answers: [String: JSONValue], _ executor: ThreadExecutor, onEnd: @escaping @Sendable () -> Void
    ) {
        self.context = context
        self.answers = answers
        self.executor = executor
        state = Lock(State(onEnd: onEnd))
    }

    var progress: [TestResult.Progress] { state.withLock { $0.progress } }
    var logs: [TestResult.Log] { state.withLock { $0.logs } }
    var outcome: CallOutcome? { state.withLock { $0.outcome } }

    func progress(_ progress: Double, total: Double?, message: String?) -> SinkStatus {
        state.withLock { state in
            if state.outcome != nil { return .closed }
            guard state.isReading else { return .full }
            // As in the server: what doesn't grow is dropped.
            if let last = state.progress.last, progress <= last.value { return .queued }
            state.progress.append(.init(value: progress, total: total, message: message ?? ""))
            return .queued
        }
    }

    func log(_ level: MCP.LogLevel, logger: String, data: JSONValue) -> SinkStatus {
        let log = TestResult.Log(
            level: AmbitPlugin.LogLevel(rawValue: Int32(level.rawValue)) ?? .info, logger: logger,
            data: AmbitPlugin.JSON(data))
        return state.withLock { state in
            if state.outcome != nil { return .closed }
            guard state.isReading else { return .full }
            state.logs.append(log)
            return .queued
        }
    }

    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) {
        let answer = state.withLock { state -> Bool? in
            if state.outcome != nil { return false }
            if state.isReading { return true }
            state.waiting.append(ready)
            return nil
        }
        if let answer { ready(answer) }
    }

    func ask(_ questions: [InputRequest], _ done: @escaping @Sendable ([AskAnswer]) -> Void) throws(AskRefusal) {
        for question in questions { if let refusal = question.refusal(in: context) { throw refusal } }
        let answers = questions.map { answer(to: $0) }
        executor.post { done(answers) }
    }

    private func answer(to question: InputRequest) -> AskAnswer {
        guard let answer = answers[question.key] else { return .failed("the test's client has no answer to '\(question.key)'") }
        return question.problem(withAnswer: answer).map { .failed($0) } ?? .result(answer)
    }

    func finish(_ outcome: CallOutcome) {
        let (waiting, onEnd) = state.withLock { state in
            state.outcome = outcome
            defer { (state.waiting, state.onEnd) = ([], nil) }
            return (state.waiting, state.onEnd)
        }
        for ready in waiting { ready(false) }
        onEnd?()
    }

    func read(_ isReading: Bool) {
        let waiting = state.withLock { state -> [@Sendable (Bool) -> Void] in
            state.isReading = isReading
            guard isReading else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for ready in waiting { ready(true) }
    }

    /// The outcome as the author sees it; nil: there is none yet.
    var result: Result<TestResult, TestCallError>? {
        let (outcome, progress, logs) = state.withLock { ($0.outcome, $0.progress, $0.logs) }
        switch outcome {
        case nil: return nil
        case .result(let result): return .success(TestResult(result, progress: progress, logs: logs))
        case .failure(let error): return .failure(.failed(code: error.code, message: error.message))
        case .cancelled(let reason):
            return .failure(.ended(AmbitPlugin.Reason.Kind(rawValue: reason.kind.rawValue) ?? .cancelled, reason.text))
        }
    }
}
