/// The answers of a batch: one JSON array in the order of the requests, or each an event by itself where the response is a stream. A pure
/// value; its owner locks.
struct BatchState: Sendable {
    enum Ending: Sendable, Equatable {
        case answer([UInt8])
        /// A notification or response was taken.
        case accepted
        /// A request that was taken back: no answer may follow.
        case silence
    }

    enum Action: Sendable, Equatable {
        case none
        /// As an event; `sent` or `held` follows.
        case send([UInt8])
        case finish([UInt8])
        /// There was nothing to answer.
        case accepted
        case end
    }

    private var waiting: Int
    private var answers: [[UInt8]?]
    private var ended: [Bool]
    /// Answers that are due and have not gone out, by their places.
    private var due: Set<Int> = []
    private var isSilent = false
    private var hasAnswered = false
    private var isOver = false
    /// The client's queue is full.
    private var isHeld = false
    private(set) var isStream = false

    init(_ count: Int) {
        waiting = count
        answers = Array(repeating: nil, count: count)
        ended = Array(repeating: false, count: count)
    }

    /// Something went out before the last answer.
    mutating func streams() { isStream = true }

    /// One message has been dealt with; a second time changes nothing. False then.
    mutating func end(_ place: Int, _ ending: Ending) -> Bool {
        guard !ended[place] else { return false }
        ended[place] = true
        waiting -= 1
        switch ending {
        case .answer(let message):
            answers[place] = message
            due.insert(place)
        case .silence: isSilent = true
        case .accepted: break
        }
        return true
    }

    /// What to do now. After `send`, `sent` or `held`, and then again.
    mutating func next() -> Action {
        guard !isOver, !isHeld else { return .none }
        if isStream, let place = due.min(), waiting > 0 || due.count > 1 { return answers[place].map { .send($0) } ?? .none }
        guard waiting == 0 else { return .none }
        isOver = true
        if due.isEmpty { return isSilent || hasAnswered ? .end : .accepted }
        let last = due.sorted().compactMap { answers[$0] }
        answers = []
        return .finish(isStream ? last[0] : Self.array(last))
    }

    /// What `next` wanted to be sent has gone out, or never will.
    mutating func sent() {
        guard let place = due.min() else { return }
        due.remove(place)
        answers[place] = nil
        hasAnswered = true
    }

    mutating func held() { isHeld = true }

    /// There is room again.
    mutating func resumed() { isHeld = false }

    private static func array(_ messages: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(messages.reduce(2) { $0 + $1.count + 1 })
        bytes.append(UInt8(ascii: "["))
        for (index, message) in messages.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += message
        }
        bytes.append(UInt8(ascii: "]"))
        return bytes
    }
}
