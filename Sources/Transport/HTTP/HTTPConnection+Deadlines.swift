import CLinux
import Glibc
import MCP
import NIOCore
import Scopes

/// All deadlines of a connection share one scheduled task, which is moved only when an earlier deadline appears: requests that are
/// answered at once never touch the loop's heap.
extension HTTPConnection {
    /// Makes sure that the loop wakes this connection for its next deadline.
    func arm() {
        guard let context else { return }
        let next = min(readBy ?? .max, aliveBy ?? .max, lingerBy ?? .max, stall.lookIsDue ?? .max)
        guard next < armedFor else { return }
        wakeup?.cancel()
        armedFor = next
        wakeup = context.eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(UInt64(max(next, 0)))) {
            self.wake()
        }
    }

    private func wake() {
        armedFor = .max
        wakeup = nil
        guard let context else { return }
        let now = self.now
        observeStall()
        if let due = stall.lookIsDue, due <= now { stall.look(acknowledged: acknowledged(), now: now) }
        if stall.isStalled(now: now), Fault.isOn("stalled-listens-stay-bounded") { stall = StallWatch(limit: limits.writeDeadline) }
        if stall.isStalled(now: now), !Fault.isOn("stalled-readers-stay-bounded") {
            ledger.count("streams.stalled")
            abort()
            return
        }
        if let by = lingerBy, by <= now {
            context.close(promise: nil)
            return
        }
        if let by = readBy, by <= now {
            if state.phase == .receiving {
                ledger.count("requests.timedOut")
                refuseEarly(HTTPRefusal(status: 408, message: "The request was not complete within its deadline (read-deadline)"))
                return
            }
            guard stall.deadline != nil else {
                context.close(promise: nil)
                return
            }
            // It still reads its last answer.
            readBy = now + limits.idle
        }
        if let by = aliveBy, by <= now { keepAlive(now) }
        arm()
    }

    private func keepAlive(_ now: Int64) {
        guard context != nil, let exchange = current else { return }
        let due = lastSent + limits.keepAlive
        guard due <= now else {
            aliveBy = due
            return
        }
        aliveBy = now + limits.keepAlive
        // What waits for the socket already keeps the connection busy.
        guard isWritable else { return }
        writeKeepAlive(exchange)
        lastSent = now
    }

    /// After an answer. Where little was written since the last look, the next one will do: after the next answer, or when the connection
    /// wakes for its idle deadline. A look costs a sixtieth of what a small answer costs as a whole.
    func observeAnswer() {
        guard stall.deadline == nil, isWritable, written - looked < Self.little else { return observeStall() }
    }

    private static let little: Int64 = 4096

    /// Looks whether the socket took bytes since the last look.
    func observeStall() {
        looked = written
        let buffered = bufferedBytes()
        stall.observe(moved: written - Int64(buffered), waiting: buffered > 0, now: buffered > 0 ? now : 0)
        if buffered > 0 { arm() }
    }

    private func bufferedBytes() -> Int {
        guard let options else { return 0 }
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Bytes that the client's side has acknowledged.
    private func acknowledged() -> UInt64? {
        guard let socket = context?.channel as? any SocketOptionProvider else { return nil }
        var bytes: UInt64?
        let progress: EventLoopFuture<ambit_linux_tcp_progress> = socket.unsafeGetSocketOption(
            level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_INFO))
        // It is there already.
        progress.assumeIsolated().whenSuccess { bytes = $0.bytes_acked }
        return bytes
    }

    /// Closes with a reset: the kernel need not keep what the client will not read.
    private func abort() {
        guard let context else { return }
        _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        context.close(promise: nil)
    }
}
