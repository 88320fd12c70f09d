internal import AmbitPlugin

/// How an evaluation came out.
enum Outcome: Sendable {
    /// The driver's answer: a value, an exception, a status.
    case answered(JSON)
    /// Its time was up; what became of the interpreter.
    case timedOut(Interrupt.Fate)
    /// The interpreter ended under it.
    case died(LastWords)

    enum Status: String, CaseIterable, Sendable {
        case ok
        case exception
        case interrupted
        case timeout
        case died
    }
}
