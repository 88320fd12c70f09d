import NIOCore
import Scopes

/// One fetch: the first outcome counts, and takes connection and resource with it.
final class DocumentFetch: Resource, @unchecked Sendable {  // the lock guards `state`
    private struct State {
        var done: DocumentFetcher.Done?
        var channel: (any NIOCore.Channel)?
        var cleanUp: (@Sendable () -> Void)?
    }

    private let loop: any EventLoop
    private let state: Lock<State>

    init(_ url: DocumentURL, loop: any EventLoop, done: @escaping DocumentFetcher.Done) {
        self.loop = loop
        state = Lock(State(done: done))
        super.init(.fetch, label: url.authority)
    }

    func connected(_ channel: any NIOCore.Channel) {
        let isLate = state.withLock { state in
            state.channel = channel
            return state.done == nil
        }
        if isLate { channel.close(promise: nil) }
    }

    func whenFinished(_ body: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.cleanUp = body
            return state.done == nil
        }
        if isLate { body() }
    }

    func finish(_ outcome: Result<[UInt8], DocumentFetcher.Failure>) {
        let (done, channel, cleanUp) = state.withLock { state in
            defer { (state.done, state.cleanUp) = (nil, nil) }
            return (state.done, state.channel, state.cleanUp)
        }
        guard let done else { return }
        cleanUp?()
        channel?.close(promise: nil)
        ended()
        done(outcome)
    }

    override func cancel(_ reason: Reason) { finish(.failure(.init("the server is stopping"))) }

    override func undo(_ reason: Reason) { ended() }
}
