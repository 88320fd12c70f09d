import JSON
import Scopes
import Transport

/// Keeps what the engine sends for one request.
final class FakeSink: ResponseSink {
    struct Answer: Sendable {
        var status: Int
        var headers: [ResponseHeader]
        var text: String
        var message: JSONValue? { try? JSONDocument(parsing: text).root }
        var code: Int64? { message?["error"]?["code"]?.int64 }
    }

    private struct State {
        var notes: [String] = []
        var answer: Answer?
        var isEnded = false
        var isStream = false
        var isGone = false
        var isStalled = false
        var waiters: [@Sendable (Bool) -> Void] = []
        var gone: (@Sendable () -> Void)?
        var opening: (@Sendable () -> [UInt8])?
    }

    private let state = Lock(State())
    private let done = AsyncStream<Void>.makeStream()

    func notify(_ message: [UInt8]) -> SendStatus {
        state.withLock { state in
            guard state.answer == nil, !state.isEnded, !state.isGone else { return .closed }
            guard !state.isStalled else { return .full }
            state.notes.append(String(decoding: message, as: UTF8.self))
            return .queued
        }
    }

    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) {
        let waits = state.withLock { state in
            if state.isStalled { state.waiters.append(ready) }
            return state.isStalled
        }
        if !waits { Task.detached { ready(true) } }
    }

    /// The client reads nothing any more.
    func stall() { state.withLock { $0.isStalled = true } }

    /// It has read something, and nobody who waits was told yet.
    func makeRoom() { state.withLock { $0.isStalled = false } }

    /// It reads again; whoever waited has been told when this returns.
    func resume() {
        let waiters = state.withLock { state in
            state.isStalled = false
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter(true) }
    }

    func openStream() { state.withLock { $0.isStream = true } }

    func onOpen(_ first: @escaping @Sendable () -> [UInt8]) { state.withLock { $0.opening = first } }

    /// The transport opens the stream; what came first on it.
    func opens() -> String { String(decoding: state.withLock { $0.opening.take() }?() ?? [], as: UTF8.self) }

    func finish(_ message: [UInt8], status: Int, headers: [ResponseHeader]) {
        state.withLock { state in
            precondition(state.answer == nil && !state.isEnded, "a second answer")
            state.answer = Answer(status: status, headers: headers, text: String(decoding: message, as: UTF8.self))
            state.gone = nil
        }
        done.continuation.finish()
    }

    func accepted() { finish([], status: 202) }

    func end() {
        state.withLock { $0.isEnded = true }
        done.continuation.finish()
    }

    func onGone(_ handler: @escaping @Sendable () -> Void) { state.withLock { $0.gone = handler } }

    /// The client leaves.
    func leave() {
        let gone = state.withLock { state in
            state.isGone = true
            return state.gone.take()
        }
        gone?()
    }

    var answer: Answer? { state.withLock { $0.answer } }
    var notes: [String] { state.withLock { $0.notes } }
    /// The notes without what is around them in an event.
    var messages: [String] {
        notes.map { note in
            guard note.hasPrefix("id: "), let data = note.firstRange(of: "\ndata: ") else { return note }
            return String(note[data.upperBound...])
        }
    }
    var isEnded: Bool { state.withLock { $0.isEnded } }
    var isStream: Bool { state.withLock { $0.isStream } }

    /// Waits for the end of the exchange.
    func ended() async -> Answer? {
        for await _ in done.stream {}
        return answer
    }
}
