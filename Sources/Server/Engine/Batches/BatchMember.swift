import Scopes
import Transport

/// The sink of one message of a batch.
final class BatchMember: ResponseSink {
    private let exchange: BatchExchange
    /// Among the messages of the batch.
    private let place: Int

    init(_ exchange: BatchExchange, _ place: Int) {
        self.exchange = exchange
        self.place = place
    }

    /// What the client of the whole batch may resume.
    var stream: ResumableStream? { exchange.stream }

    func notify(_ message: [UInt8]) -> SendStatus { exchange.notify(message) }

    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) { exchange.sink.whenWritable(ready) }

    func openStream() {}

    func finish(_ message: [UInt8], status: Int, headers: [ResponseHeader]) { exchange.ended(place, .answer(message)) }

    func accepted() { exchange.ended(place, .accepted) }

    func end() { exchange.ended(place, .silence) }

    func onGone(_ handler: @escaping @Sendable () -> Void) { exchange.onGone(place, handler) }
}
