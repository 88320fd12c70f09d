import JSON
import MCP
import PluginHost
import Scopes
import Transport

/// Asking the client while a call runs (A12): by requests of the server's own in legacy sessions, by ending this request with questions in modern.
extension CallExchange {
    /// A question without an answer, and its place among those that were asked together.
    struct OpenQuestion: Sendable {
        var request: InputRequest
        let round: AskRound
        let index: Int
        /// Answers that were not what was asked for.
        var refused = 0

        /// How many of them there may be: a client that goes on like that would go on for ever.
        static let maximalRefused = 3
    }

    struct Asking: Sendable {
        /// Answers that hold: of earlier rounds, and those of this request that were asked for.
        var given: [(key: String, value: JSONValue)] = []
        /// What this request has brought along.
        var responses: InputResponses?
        var open: [OpenQuestion] = []
        /// Names it among the suspended calls; nil: it is not.
        var suspension: String?
        var timer: TimerQueue.Entry?
        /// Requests to a legacy client that wait for their responses, each with the end of its time; nil until that is set.
        var sent: [String: TimerQueue.Entry?] = [:]
    }

    func ask(_ questions: [InputRequest], _ done: @escaping @Sendable ([AskAnswer]) -> Void) throws(AskRefusal) {
        let context = state.withLock { $0.context }
        for question in questions { if let refusal = question.refusal(in: context) { throw refusal } }
        // Never before this returns.
        let runtime = engine.runtime
        let round = AskRound(questions.count) { answers in runtime.executor.post { done(answers) } }
        if era == .legacy { try askNow(questions, round) } else { try askNext(questions, round) }
    }

    // MARK: legacy

    private func askNow(_ questions: [InputRequest], _ round: AskRound) throws(AskRefusal) {
        guard let table = subject.questions, let wire = state.withLock({ $0.wire }) else {
            throw .version("this client has no session in which it could be asked anything")
        }
        for (index, question) in questions.enumerated() {
            // The name is known before the answer can come.
            let name = Lock<String?>(nil)
            let id = table.open { [self] outcome in
                if let id = name.withLock({ $0 }) { forget(id) }
                switch outcome {
                case .error(let why): round.answer(index, .failed(why))
                case .result(let result):
                    round.answer(index, question.problem(withAnswer: result).map { .failed($0) } ?? .result(result))
                }
            }
            guard let id else { throw .version("the session of this client is closing") }
            name.withLock { $0 = id }
            state.withLock { $0.asking.sent[id] = .some(nil) }
            guard wire.sink.notify(wire.encoder.ask(id: id, question)) == .queued else {
                forget(id)
                if table.withdraw(id) { round.answer(index, .failed("the client reads too slowly to be asked")) }
                continue
            }
            let (timers, patience) = (engine.runtime.timers, engine.suspended.limits.patience)
            let timer = timers.schedule(after: patience, on: engine.runtime.executor) { [weak self] in
                guard table.withdraw(id) else { return }
                self?.forget(id)
                _ = wire.sink.notify(wire.encoder.cancelled(id: id, "no answer came in time"))
                round.answer(index, .timedOut)
            }
            // The answer may have come meanwhile.
            let isWaiting = state.withLock { state -> Bool in
                guard state.asking.sent[id] != nil else { return false }
                state.asking.sent[id] = .some(timer)
                return true
            }
            if !isWaiting { engine.runtime.timers.cancel(timer) }
        }
    }

    private func forget(_ id: String) {
        let timer = state.withLock { $0.asking.sent.removeValue(forKey: id) }
        if case .some(.some(let timer)) = timer { engine.runtime.timers.cancel(timer) }
    }

    /// The call has its outcome: what was asked of a legacy client is wanted no more.
    func withdraw(_ questions: [String: TimerQueue.Entry?]) {
        for (id, timer) in questions {
            subject.questions?.withdraw(id)
            if let timer { engine.runtime.timers.cancel(timer) }
        }
    }

    // MARK: modern

    private func askNext(_ questions: [InputRequest], _ round: AskRound) throws(AskRefusal) {
        let known = state.withLock { state -> [(Int, JSONValue)] in
            var known: [(Int, JSONValue)] = []
            for (index, question) in questions.enumerated() {
                var open = OpenQuestion(request: question, round: round, index: index)
                switch state.asking.take(question) {
                case .answer(let value):
                    known.append((index, value))
                    continue
                case .missing: break
                case .wrong(let why): open.refuse(why)
                }
                state.asking.open.append(open)
            }
            return known
        }
        for (index, value) in known { round.answer(index, .result(value)) }
        guard known.count < questions.count else { return }
        let refusal: AskRefusal? =
            switch becomeTask() {
            case .isOne: taskAsks()
            // Asked as soon as that is known.
            case .undecided: nil
            case .isNone: suspend()
            }
        if let refusal {
            state.withLock { $0.asking.open.removeAll { $0.round === round } }
            throw refusal
        }
    }

    /// Ends this request with all questions that are open. Without effect while there is none, or while it is suspended already.
    private func suspend() -> AskRefusal? {
        let id = UnguessableName.make()
        let bytes = state.withLock { heldBytes($0) }
        if let refusal = engine.suspended.insert(self, as: id, of: subject.principal, bytes: bytes) { return refusal }
        typealias Leaving = (Wire, [OpenQuestion], SuspendedState, Bool)
        let expiresAt = Monotonic.unixNow() + engine.suspended.limits.patience
        let leaving = state.withLock { state -> Leaving? in
            guard !state.isFinished, !state.isSilent, !state.asking.open.isEmpty, let wire = state.wire.take() else { return nil }
            state.asking.suspension = id
            state.asking.responses = nil
            state.gate = ProgressGate()
            defer { state.isAttached = false }
            return (wire, state.asking.open, SuspendedState(id: id, expiresAt: expiresAt, answers: state.asking.given), state.isAttached)
        }
        guard let (wire, open, suspended, wasAttached) = leaving else {
            engine.suspended.remove(id, of: subject.principal)
            return nil
        }
        if let key = wire.key { engine.inFlight.remove(key) }
        if wasAttached { session?.detach() }
        let timer = engine.runtime.timers.schedule(after: engine.suspended.limits.patience, on: engine.runtime.executor) { [weak self] in
            self?.suspensionTimedOut(id)
        }
        let isNeeded = state.withLock { state -> Bool in
            guard state.asking.suspension == id else { return false }
            state.asking.timer = timer
            return true
        }
        if !isNeeded { engine.runtime.timers.cancel(timer) }
        let sealed = engine.seal.seal(suspended.written(), for: binding)
        wire.sink.finish(wire.encoder.inputRequired(id: wire.id, open.map(\.request), state: sealed), status: 200)
        return nil
    }

    /// The call does not become a task after all: what it has asked meanwhile is asked as of any other.
    func askAfterAll() {
        guard let refusal = suspend() else { return }
        let refused = state.withLock { state in
            defer { state.asking.open = [] }
            return state.asking.open
        }
        for question in refused { question.round.answer(question.index, .failed(refusal.text)) }
    }

    /// What the call holds of its client's requests, and of what it asks: what is kept for it while no request waits. Whole documents, since a value
    /// keeps all of its own.
    func heldBytes(_ state: State) -> Int {
        var documents: [ObjectIdentifier: Int] = [:]
        func hold(_ value: JSONValue?) {
            if let document = value?.document { documents[ObjectIdentifier(document)] = document.memory }
        }
        hold(subject.arguments)
        hold(state.context.client.info)
        hold(state.context.client.capabilities)
        for answer in state.asking.given { hold(answer.value) }
        for question in state.asking.open { hold(question.request.params) }
        return documents.values.reduce(0, +)
    }

    private var binding: [UInt8] {
        RequestBinding.bytes(principal: subject.principal, subject.handler, arguments: subject.arguments)
    }

    private func suspensionTimedOut(_ id: String) {
        let isWaiting = state.withLock { $0.asking.suspension == id }
        guard isWaiting else { return }
        engine.suspended.remove(id, of: subject.principal)
        engine.runtime.ledger.count("calls.unanswered")
        end(Reason(.deadline, by: "the client", text: "the client did not come back with its answers"))
    }

    /// The handler has finished while it was suspended. A result waits for the client; nothing else is worth waiting for.
    func suspensionOver(_ outcome: CallOutcome) {
        guard case .cancelled = outcome else { return keep(outcome) }
        let (id, timer) = state.withLock { ($0.asking.suspension.take(), $0.asking.timer.take()) }
        if let id { engine.suspended.remove(id, of: subject.principal) }
        if let timer { engine.runtime.timers.cancel(timer) }
    }

    /// Counts what waits for the client, where it does not fit what was counted when the call was suspended.
    private func keep(_ outcome: CallOutcome) {
        guard case .result(let result) = outcome, let id = state.withLock({ $0.asking.suspension }),
            let limit = engine.suspended.grow(id, by: result.memory, of: subject.principal)
        else { return }
        let error = ProtocolError.ended("the result can't be kept: \(limit.text)")
        // Its client may have come for it meanwhile.
        state.withLock { state in if state.parked != nil { state.parked = .failure(error) } }
    }

    /// The client comes back: this is the call's request from now on. The caller has taken it from the suspended calls.
    func resume(_ wire: Wire, _ responses: InputResponses) {
        session?.attach()
        typealias Answered = [(OpenQuestion, AskAnswer)]
        let (timer, parked, answered, isOpen) = state.withLock { state -> (TimerQueue.Entry?, CallOutcome?, Answered, Bool) in
            let timer = state.asking.timer.take()
            state.asking.suspension = nil
            if let parked = state.parked.take() { return (timer, parked, [], false) }
            state.wire = wire
            state.context = wire.context
            state.isAttached = session != nil
            state.asking.responses = responses
            let answered = state.asking.takeAnswers()
            return (timer, nil, answered, !state.asking.open.isEmpty)
        }
        if let timer { engine.runtime.timers.cancel(timer) }
        if let parked {
            session?.detach()
            if let key = wire.key { engine.inFlight.remove(key) }
            return answer(wire, parked)
        }
        for (question, answer) in answered { question.round.answer(question.index, answer) }
        // Something is missing, or not what was asked for: asked again (DIGEST 1.8).
        if isOpen, let refusal = suspend() { end(Reason(.failed, by: "limits", text: refusal.text), isSilent: false) }
    }
}

extension CallExchange.Asking {
    enum Taken {
        case answer(JSONValue)
        case missing
        /// It is not what was asked for, and why: as good as none.
        case wrong(String)
    }

    /// The answer to a question that is known already.
    mutating func take(_ question: InputRequest) -> Taken {
        if let known = given.first(where: { $0.key == question.key }) { return .answer(known.value) }
        guard let value = responses?[question.key] else { return .missing }
        if let problem = question.problem(withAnswer: value) { return .wrong(problem) }
        given.append((question.key, value))
        return .answer(value)
    }

    /// What the client has brought along for the questions that are open; they are closed. A question that was answered wrongly too often fails.
    mutating func takeAnswers() -> [(CallExchange.OpenQuestion, AskAnswer)] {
        var answered: [(CallExchange.OpenQuestion, AskAnswer)] = []
        let asked = open
        open = []
        for var question in asked {
            switch take(question.request) {
            case .answer(let value): answered.append((question, .result(value)))
            case .missing: open.append(question)
            case .wrong(let why):
                question.refuse(why)
                if question.refused < CallExchange.OpenQuestion.maximalRefused {
                    open.append(question)
                } else {
                    answered.append((question, .failed("\(why); the client has answered wrongly \(question.refused) times")))
                }
            }
        }
        return answered
    }
}

extension CallExchange.OpenQuestion {
    /// An answer was not what was asked for: its client is told why, with the question.
    fileprivate mutating func refuse(_ why: String) {
        refused += 1
        request.complaint = why
    }
}
