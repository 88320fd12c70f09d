internal import AmbitPlugin

/// One evaluation of one call: waits for its turn, runs once, and is answered once.
///
/// Its answer is a reply slot of the call: whatever answers first ends it, the driver, its time limit, or the end of the interpreter. What
/// comes after that, or from a stranger, is dropped by the host and counted.
struct Evaluation: Sendable {
    let call: Call
    let interpreter: Interpreter
    let work: Work
    let timeout: Duration
    /// Bytes of each output and characters of the value.
    let limit: Int

    struct Done: Sendable {
        let number: Int
        let outcome: Outcome
        let output: EvaluationOutput
        let background: BoundedText
        let wasInterrupted: Bool
        let milliseconds: Int64
        /// Lines that the client was too slow for.
        let dropped: Int
    }

    /// Throws `CancellationError` when the call ends; what runs is interrupted then, and goes no further than the ladder lets it.
    func run() async throws -> Done {
        let turn = Turn(call: call, interpreter: interpreter)
        let ticket = try await turn.wait()
        let lines = try channel(ticket)
        let output = EvaluationOutput(limit: limit, lines: lines)
        let answer: Reply
        let sending: TaskHandle<Int>?
        do {
            answer = try turn.slot(timeout, "evaluation")
            sending = try lines.map { lines in
                let stream = EvaluationStream(call: call, interpreter: interpreter.name)
                return try call.scope.spawn("output") { try await stream.run(lines) }
            }
        } catch {
            interpreter.leave(ticket)
            throw error
        }
        let started = call.host.now
        guard let (number, background) = interpreter.begin(ticket, id: answer.id, output) else {
            interpreter.leave(ticket)
            throw NotRun(interpreter.name, await turn.lastWords())
        }
        interpreter.request(answer.id, work, limit: limit)
        let (outcome, wasInterrupted) = try await outcome(of: answer, output, turn)
        let milliseconds = (call.host.now - started) / 1_000_000
        output.finish()
        let dropped = try await sending?.value ?? 0
        return Done(
            number: number, outcome: outcome, output: output, background: background, wasInterrupted: wasInterrupted,
            milliseconds: milliseconds, dropped: dropped)
    }

    private func channel(_ ticket: String) throws -> Channel<OutputLine>? {
        guard EvaluationStream.isWanted(by: call) else { return nil }
        do {
            return try call.scope.channel(of: OutputLine.self, capacity: Limits.lines, overflow: .dropOldest, label: "output")
        } catch {
            interpreter.leave(ticket)
            throw error
        }
    }

    private func outcome(
        of answer: Reply, _ output: EvaluationOutput, _ turn: Turn
    ) async throws -> (outcome: Outcome, wasInterrupted: Bool) {
        let interrupt = Interrupt(interpreter: interpreter, id: answer.id, grace: Interrupt.standardGrace)
        do {
            _ = try await answer.value()
            return (.answered(output.answer ?? .null), output.wasInterrupted)
        } catch let error as AmbitError where error.status == .timedOut {
            try? interrupt.start()
            return (.timedOut(try await interrupt.wait(in: call.scope)), true)
        } catch {
            // The slot closes before the handler hears that its call is ending.
            guard !call.isCancelled, !Task.isCancelled, (error as? AmbitError)?.status == .closed else {
                // Nobody waits for it any more.
                try? interrupt.start()
                throw CancellationError()
            }
            return (.died(await turn.lastWords()), false)
        }
    }
}
