import CLinux
import Glibc
import MCP
package import Scopes

/// MCP over two descriptors: one message per line (DIGEST 1.7).
///
/// A thread of its own reads, so that any kind of input works (epoll refuses files); it hands each message over itself, so an inline tool
/// costs no hop. It stops reading while the client does not read.
package final class StdioTransport: MessageOutlet {
    /// Why the connection is over. None of them is an error of this program.
    package enum End: Sendable, Equatable {
        case endOfInput
        case outputClosed
        case outputStalled
        case failed(errno: Int32)
    }

    private let input: Int32
    private let output: Int32
    private let wakeup: Int32
    private let service: any Service
    private let scope: Scope
    private let gauges: TransportGauges
    private let limits: HTTPLimits
    private let requests: (any RequestLog)?
    private let reader = ThreadExecutor(name: "ambit-stdin", threads: 1)
    private let writer: LineWriter
    private let unanswered = Unanswered()
    private let onEnd: OnceEnd
    private let stopping = Lock(false)
    private let peer = Peer(channel: 0, isLoopback: true, address: "stdio")

    /// - Parameters:
    ///   - input: closed by `stop`.
    ///   - output: likewise. Never made nonblocking for others that share it: it is opened anew where the kernel allows.
    ///   - requests: nil: nobody keeps a log of requests.
    ///   - onEnd: called once, on a thread of the transport.
    package init(
        input: Int32, output: Int32, service: any Service, scope: Scope, gauges: TransportGauges, limits: HTTPLimits = HTTPLimits(),
        requests: (any RequestLog)? = nil, onEnd: @escaping @Sendable (End) -> Void
    ) {
        self.input = input
        self.output = Self.nonblocking(output)
        self.service = service
        self.scope = scope
        self.gauges = gauges
        self.limits = limits
        self.requests = requests
        let once = OnceEnd(onEnd)
        self.onEnd = once
        wakeup = ambit_linux_wakeup_create()
        writer = LineWriter(self.output, runtime: scope.runtime, limits: limits, gauges: gauges) { why in
            switch why {
            case .peerClosed: once.call(.outputClosed)
            case .stalled: once.call(.outputStalled)
            case .failed(let code): once.call(.failed(errno: code))
            }
        }
    }

    /// Begins to read. The scope's close stops it.
    package func start() throws(AcquireError) {
        let entry = try scope.adopt("stdin", cancel: { _ in self.stopReading() })
        gauges.connections.add()
        reader.post {
            self.readAll()
            self.gauges.connections.subtract()
            entry.finished()
        }
    }

    /// Ends reader and writer and closes both descriptors. Call after the scope has closed.
    package func stop() {
        stopReading()
        _ = reader.stop()
        writer.close()
        close(input)
        close(output)
        close(wakeup)
    }

    /// Sends a message that belongs to no request.
    package func notify(_ message: [UInt8]) -> SendStatus { writer.offer(message) }

    package func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) { writer.whenRoom(ready) }

    /// After the end of input: calls `done` once when every request that was read is answered and its answer written, or when nobody reads
    /// the output any more. On any thread, perhaps at once.
    package func whenAnswered(_ done: @escaping @Sendable () -> Void) {
        guard !outputIsGone else { return done() }
        unanswered.whenNone { [writer] in writer.whenWritten(done) }
    }

    /// The other end of a pipe or socket is closed: the kernel says so without a write.
    private var outputIsGone: Bool {
        var watched = pollfd(fd: output, events: 0, revents: 0)
        return poll(&watched, 1, 0) > 0 && watched.revents & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
    }

    private func stopReading() {
        stopping.withLock { $0 = true }
        _ = ambit_linux_wakeup_signal(wakeup)
    }

    private func readAll() {
        var lines = LineSplitter(limit: limits.body)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while !stopping.withLock({ $0 }) {
            let isFull = writer.isFull
            if isFull { writer.whenRoom { _ in _ = ambit_linux_wakeup_signal(self.wakeup) } }
            guard waitForInput(alsoInput: !isFull) else { continue }
            let count = ambit_linux_read(input, buffer.baseAddress!, buffer.count)
            if count == -Int(EAGAIN) { continue }
            if count == 0, Fault.isOn("eof-during-handshake-no-spin") { continue }
            guard count > 0 else {
                onEnd.call(count == 0 ? .endOfInput : .failed(errno: Int32(-count)))
                return
            }
            take(UnsafeRawBufferPointer(rebasing: buffer[..<count]), &lines)
        }
    }

    /// What is answered at once goes out in one write, with the answer to the last line: that one is never held back.
    private func take(_ input: UnsafeRawBufferPointer, _ lines: inout LineSplitter) {
        let end = input.lastIndex(of: 0x0A) ?? 0
        guard let last = input[..<end].lastIndex(of: 0x0A) else { return feed(input, &lines) }
        writer.cork()
        feed(UnsafeRawBufferPointer(rebasing: input[...last]), &lines)
        writer.gatherNoMore()
        feed(UnsafeRawBufferPointer(rebasing: input[(last + 1)...]), &lines)
        writer.uncork()
    }

    private func feed(_ input: UnsafeRawBufferPointer, _ lines: inout LineSplitter) {
        lines.feed(input) { piece in
            switch piece {
            case .line(let line): received(line)
            case .tooLong:
                let error = ProtocolError.invalidRequest("a line is longer than \(limits.body) bytes (max-body)")
                writer.append(MessageEncoder.error(id: nil, error))
            }
        }
    }

    private func received(_ line: [UInt8]) {
        switch InboundFrame.parse(line, atMost: limits.body) {
        case .success(.message(let inbound)):
            service.receive(inbound, over: .stdio, from: peer, sink: exchange { $0.note(inbound) })
        case .success(.batch(let batch)): service.receive(batch, over: .stdio, from: peer, sink: exchange { $0.note(batch) })
        case .failure(let rejection): writer.append(rejection.bytes)
        }
    }

    /// - Parameter note: what a log is to know of the request.
    private func exchange(_ note: (inout RequestRecord) -> Void) -> StdioExchange {
        guard let requests, requests.isWanted else { return StdioExchange(writer, gauges: gauges, unanswered: unanswered) }
        var record = RequestRecord(peer: peer.address)
        note(&record)
        return StdioExchange(writer, gauges: gauges, unanswered: unanswered) { [record] in requests.answered(record) }
    }

    /// Waits without a time limit for input or a wake-up; whether there is input.
    private func waitForInput(alsoInput: Bool) -> Bool {
        var watched = [
            pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0),
            pollfd(fd: alsoInput ? input : -1, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&watched, 2, -1)
        guard count > 0 else { return false }
        if watched[0].revents != 0 { _ = ambit_linux_wakeup_drain(wakeup) }
        return watched[1].revents != 0
    }

    /// The open file may be shared with others (a terminal, the parent): opening it anew gives flags of our own.
    private static func nonblocking(_ descriptor: Int32) -> Int32 {
        let own = open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        if own >= 0 {
            // A regular file keeps its position and its append flag with the old one, and never blocks.
            var facts = stat()
            if fstat(own, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG {
                close(descriptor)
                return own
            }
            close(own)
            return descriptor
        }
        _ = ambit_linux_set_nonblocking(descriptor, 1)
        return descriptor
    }
}

/// Calls what it holds once.
private final class OnceEnd: Sendable {
    private let body: Lock<(@Sendable (StdioTransport.End) -> Void)?>

    init(_ body: @escaping @Sendable (StdioTransport.End) -> Void) { self.body = Lock(body) }

    func call(_ end: StdioTransport.End) {
        let body = self.body.withLock { body in
            defer { body = nil }
            return body
        }
        body?(end)
    }
}
