import Scopes
import Synchronization

/// The sink of one request on a line stream. The stream is shared: what bounds it is the one writer.
final class StdioExchange: ResponseSink {
    private let writer: LineWriter
    private let gauges: TransportGauges
    private let unanswered: Unanswered
    private let isOver = Atomic<Bool>(false)
    private let isWaitedFor = Atomic<Bool>(true)
    /// Tells a log of the answer.
    private let whenOver: (@Sendable () -> Void)?

    init(_ writer: LineWriter, gauges: TransportGauges, unanswered: Unanswered, whenOver: (@Sendable () -> Void)? = nil) {
        self.writer = writer
        self.gauges = gauges
        self.unanswered = unanswered
        self.whenOver = whenOver
        gauges.exchanges.add()
        unanswered.add()
    }

    func notify(_ message: [UInt8]) -> SendStatus {
        isOver.load(ordering: .acquiring) ? .closed : writer.offer(message)
    }

    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) { writer.whenRoom(ready) }

    func openStream() { notWaitedFor() }

    func finish(_ message: [UInt8], status: Int, headers: [ResponseHeader]) {
        close(message)
    }

    func accepted() { close([]) }

    func end() { close([]) }

    /// The end of the stream ends the server, and with it every call: there is nobody to tell one by one.
    func onGone(_ handler: @escaping @Sendable () -> Void) {}

    private func close(_ answer: [UInt8]) {
        guard !isOver.exchange(true, ordering: .acquiringAndReleasing) else { return }
        gauges.exchanges.subtract()
        // Whoever waits for the last answer finds it in the writer.
        if !answer.isEmpty { writer.append(answer) }
        notWaitedFor()
        whenOver?()
    }

    private func notWaitedFor() {
        if isWaitedFor.exchange(false, ordering: .acquiringAndReleasing) { unanswered.subtract() }
    }
}
