/// Where an interpreter stands: one evaluation at a time, the others in line, and each let through once. A pure value.
///
/// A call takes a place in line by its ticket. When its turn has come (`enter` says `go`, or the ticket is given out by one of the others),
/// it begins its evaluation, or leaves. An evaluation is over when its answer has come and both outputs have passed its mark.
struct InterpreterState: Sendable {
    enum Entry: Equatable, Sendable {
        case go
        case wait
        /// Too many wait already.
        case full
        case ended
    }

    struct Running: Equatable, Sendable {
        let id: String
        let number: Int
        /// Somebody climbs the ladder already.
        var isInterrupted = false
        /// SIGINT is on its way to all of its processes.
        var isSignalled = false
        var hasAnswered = false
        var marks = Set(OutputStream.allCases)
    }

    enum Phase: Equatable, Sendable {
        case starting
        case idle
        /// The holder of this ticket is about to begin.
        case granted(String)
        case running(Running)
        /// A signal may still be on its way; it must not reach the next one.
        case settling
        case ended(LastWords)
    }

    private(set) var phase = Phase.starting
    private(set) var line: [String] = []
    /// How many were begun.
    private(set) var evaluations = 0
    /// Answers to no evaluation that is under way.
    private(set) var strangers = 0
    let longestLine: Int

    init(longestLine: Int = Limits.waiting) { self.longestLine = longestLine }

    var running: Running? { if case .running(let running) = phase { running } else { nil } }
    var lastWords: LastWords? { if case .ended(let words) = phase { words } else { nil } }

    func isRunning(_ id: String) -> Bool { running?.id == id }

    /// The driver takes requests. Gives the ticket whose turn it is.
    mutating func ready() -> String? {
        guard phase == .starting else { return nil }
        return next()
    }

    mutating func enter(_ ticket: String) -> Entry {
        switch phase {
        case .ended: return .ended
        case .idle:
            phase = .granted(ticket)
            return .go
        case .starting, .granted, .running, .settling:
            guard line.count < longestLine else { return .full }
            line.append(ticket)
            return .wait
        }
    }

    /// The holder of a ticket goes without having begun. Gives the ticket whose turn it is then.
    mutating func leave(_ ticket: String) -> String? {
        line.removeAll { $0 == ticket }
        return phase == .granted(ticket) ? next() : nil
    }

    /// The holder of the ticket begins: the number of its evaluation. nil: it is not its turn (any more).
    mutating func begin(_ ticket: String, id: String) -> Int? {
        guard phase == .granted(ticket) else { return nil }
        evaluations += 1
        phase = .running(Running(id: id, number: evaluations))
        return evaluations
    }

    /// An answer has come. False: it is none to the evaluation under way, or the second one.
    mutating func answer(_ id: String) -> Bool {
        guard var running, running.id == id || Fault.anyAnswerCounts, !running.hasAnswered else {
            strangers += 1
            return false
        }
        running.hasAnswered = true
        phase = .running(running)
        return true
    }

    mutating func mark(_ id: String, _ stream: OutputStream) {
        guard var running, running.id == id else { return }
        running.marks.remove(stream)
        phase = .running(running)
    }

    /// Nothing of it is to come any more.
    var isDone: Bool { running.map { $0.hasAnswered && $0.marks.isEmpty } ?? false }

    /// The evaluation is over. Gives the ticket whose turn it is; nil also where a signal has to settle first (`settled`).
    mutating func finish(_ id: String) -> String? {
        guard let running, running.id == id else { return nil }
        guard !running.isSignalled else {
            phase = .settling
            return nil
        }
        return next()
    }

    mutating func settled() -> String? { phase == .settling ? next() : nil }

    /// False: it is over, or somebody interrupts it already.
    mutating func interrupt(_ id: String) -> Bool {
        guard var running, running.id == id, !running.isInterrupted else { return false }
        running.isInterrupted = true
        phase = .running(running)
        return true
    }

    /// SIGINT is about to be sent to all of its processes. False: the evaluation is over.
    mutating func signal(_ id: String) -> Bool {
        guard var running, running.id == id, !running.hasAnswered else { return false }
        running.isSignalled = true
        phase = .running(running)
        return true
    }

    /// The first end counts.
    mutating func end(_ words: LastWords) {
        guard lastWords == nil else { return }
        phase = .ended(words)
        line = []
    }

    private mutating func next() -> String? {
        guard !line.isEmpty else {
            phase = .idle
            return nil
        }
        let ticket = line.removeFirst()
        phase = .granted(ticket)
        return ticket
    }
}
