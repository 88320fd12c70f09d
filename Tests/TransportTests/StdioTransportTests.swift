import CLinux
import Glibc
import MCP
import Scopes
import Synchronization
import Testing

@testable import Transport

/// Real pipes; each wait is for an event, with a limit.
@Suite struct StdioTransportTests {
    private final class Pipes {
        var input: (read: Int32, write: Int32)
        var output: (read: Int32, write: Int32)

        init() {
            var (a, b, c, d): (Int32, Int32, Int32, Int32) = (-1, -1, -1, -1)
            _ = ambit_linux_pipe(&a, &b, 0)
            _ = ambit_linux_pipe(&c, &d, 0)
            input = (a, b)
            output = (c, d)
        }

        func send(_ text: String) { _ = Array(text.utf8).withUnsafeBytes { write(input.write, $0.baseAddress, $0.count) } }

        /// The next line, or what came until the end of five seconds.
        func line() -> String {
            var bytes: [UInt8] = []
            var byte: UInt8 = 0
            var wait = pollfd(fd: output.read, events: Int16(POLLIN), revents: 0)
            while poll(&wait, 1, 5000) == 1, read(output.read, &byte, 1) == 1 {
                if byte == 0x0A { break }
                bytes.append(byte)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private final class Ends: Sendable {
        let ends = Lock<[StdioTransport.End]>([])
        let (stream, continuation) = AsyncStream<StdioTransport.End>.makeStream()
        func add(_ end: StdioTransport.End) {
            ends.withLock { $0.append(end) }
            continuation.yield(end)
        }
        func first() async -> StdioTransport.End? { await stream.first { _ in true } }
    }

    private func start(
        _ pipes: Pipes, _ service: any Service, limits: HTTPLimits = HTTPLimits()
    ) throws -> (StdioTransport, Scope, Runtime, Ends, TransportGauges) {
        let runtime = Runtime()
        let scope = Scope.root(runtime)
        let ends = Ends()
        let gauges = TransportGauges()
        let transport = StdioTransport(
            input: pipes.input.read, output: pipes.output.write, service: service, scope: scope, gauges: gauges,
            limits: limits
        ) { ends.add($0) }
        try transport.start()
        return (transport, scope, runtime, ends, gauges)
    }

    private func stop(_ transport: StdioTransport, _ scope: Scope, _ runtime: Runtime) async {
        await withCheckedContinuation { continuation in
            scope.close(Reason(.shutdown, by: "test")) { _ in continuation.resume() }
        }
        transport.stop()
        runtime.stop()
    }

    @Test func answersEachLineAndEndsWithItsInput() async throws {
        let pipes = Pipes()
        let (transport, scope, runtime, ends, gauges) = try start(pipes, FakeService(answerAtOnce: true))
        pipes.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}\n\n{\"jsonrpc\":\"2.0\",\"id\":2,\"me")
        #expect(pipes.line() == "\"a\"")
        pipes.send("thod\":\"b\"}\r\nnonsense\n")
        #expect(pipes.line() == "\"b\"")
        #expect(pipes.line().contains("-32700"))
        close(pipes.input.write)
        #expect(await ends.first() == .endOfInput)
        await stop(transport, scope, runtime)
        #expect(gauges.exchanges.value == 0)
        #expect(gauges.connections.value == 0)
        #expect(ends.ends.withLock { $0 } == [.endOfInput])
        close(pipes.output.read)
    }

    @Test func aReaderThatIsGoneEndsItQuietly() async throws {
        let pipes = Pipes()
        let (transport, scope, runtime, ends, _) = try start(pipes, FakeService(answerAtOnce: true))
        close(pipes.output.read)
        pipes.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}\n")
        #expect(await ends.first() == .outputClosed)
        await stop(transport, scope, runtime)
        close(pipes.input.write)
    }

    /// Guards the deadline in `LineWriter.wait`, and that a full queue refuses.
    @Test func aReaderThatTakesNothingIsGivenUpAfterTheWriteDeadline() async throws {
        let pipes = Pipes()
        var limits = HTTPLimits()
        limits.writeDeadline = 200_000_000
        let service = FakeService()
        let (transport, scope, runtime, ends, gauges) = try start(pipes, service, limits: limits)
        let message = [UInt8](repeating: 0x61, count: 10_000)
        var sent = 0
        while transport.notify(message) == .queued { sent += 1 }
        // The pipe took 64 KiB, a batch waits for it, the queue has its megabyte.
        #expect(sent < 200)
        #expect(gauges.queuedBytes.value <= limits.queueBytes)
        #expect(await ends.first() == .outputStalled)
        #expect(gauges.queuedBytes.value == 0)
        #expect(transport.notify(message) == .closed)
        #expect(runtime.ledger.counters().contains { $0 == ("streams.stalled", 1) })
        await stop(transport, scope, runtime)
        close(pipes.input.write)
        close(pipes.output.read)
    }

    @Test func theEndWaitsForAnswersThatAreNotWrittenYet() async throws {
        let pipes = Pipes()
        let service = FakeService()
        let (transport, scope, runtime, ends, _) = try start(pipes, service)
        pipes.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}\n")
        close(pipes.input.write)
        #expect(await ends.first() == .endOfInput)
        let answered = Lock(false)
        let latch = Latch()
        transport.whenAnswered {
            answered.withLock { $0 = true }
            latch.open()
        }
        #expect(!answered.withLock { $0 })
        // More than the pipe takes: the answer counts once the client has read so much that the rest is written.
        let answer = [UInt8](repeating: 0x61, count: 300_000)
        service.sink.finish(answer, status: 200)
        #expect(!answered.withLock { $0 })
        #expect(pipes.line().utf8.count == answer.count)
        #expect(latch.wait(nanoseconds: 10_000_000_000))
        await stop(transport, scope, runtime)
        close(pipes.output.read)
    }

    @Test func nobodyWaitsForAClientThatIsGone() async throws {
        let pipes = Pipes()
        let (transport, scope, runtime, ends, _) = try start(pipes, FakeService())
        pipes.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}\n")
        close(pipes.output.read)
        close(pipes.input.write)
        #expect(await ends.first() == .endOfInput)
        let latch = Latch()
        transport.whenAnswered { latch.open() }
        #expect(latch.wait(nanoseconds: 10_000_000_000))
        await stop(transport, scope, runtime)
    }

    /// While one piece of input is handled, its answers are gathered, but never more than a batch.
    @Test func aCorkedWriterGathersLinesUpToABatch() async throws {
        let pipes = Pipes()
        _ = ambit_linux_set_nonblocking(pipes.output.write, 1)
        _ = ambit_linux_set_nonblocking(pipes.output.read, 1)
        let runtime = Runtime()
        let writer = LineWriter(pipes.output.write, runtime: runtime, limits: HTTPLimits(), gauges: TransportGauges()) { _ in }
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        func arrived() -> Int { buffer.withUnsafeMutableBytes { max(0, read(pipes.output.read, $0.baseAddress, $0.count)) } }

        writer.cork()
        writer.append(Array("one".utf8))
        writer.append(Array("two".utf8))
        #expect(arrived() == 0)
        writer.uncork()
        #expect(arrived() == 8)
        #expect(Array(buffer[..<8]) == Array("one\ntwo\n".utf8))
        writer.append(Array("three".utf8))
        #expect(arrived() == 6)

        writer.cork()
        writer.append(Array("four".utf8))
        writer.gatherNoMore()
        #expect(arrived() == 0)
        writer.append(Array("five".utf8))
        #expect(arrived() == 10)
        writer.uncork()
        #expect(arrived() == 0)

        writer.cork()
        writer.append([UInt8](repeating: 0x61, count: 40_000))
        #expect(arrived() == 0)
        writer.append([UInt8](repeating: 0x61, count: 40_000))
        #expect(arrived() > 0)
        writer.close()
        runtime.stop()
        for descriptor in [pipes.input.read, pipes.input.write, pipes.output.read, pipes.output.write] { close(descriptor) }
    }

    @Test func linesOfManyThreadsStayWholeAndComplete() async throws {
        let pipes = Pipes()
        let (transport, scope, runtime, _, _) = try start(pipes, FakeService())
        let threads = 4
        let each = 500
        let executor = ThreadExecutor(name: "writers", threads: threads)
        for thread in 0..<threads {
            executor.post {
                for index in 0..<each {
                    let line = Array("\(thread):\(index):\(String(repeating: "x", count: index % 300))".utf8)
                    while transport.notify(line) == .full { sched_yield() }
                }
            }
        }
        var next = [Int](repeating: 0, count: threads)
        for _ in 0..<(threads * each) {
            let parts = pipes.line().split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3, let thread = Int(parts[0]), let index = Int(parts[1]) else {
                Issue.record("a broken line: \(parts)")
                break
            }
            #expect(index == next[thread])
            #expect(parts[2].count == index % 300)
            next[thread] = index + 1
        }
        #expect(next == [Int](repeating: each, count: threads))
        _ = executor.stop()
        await stop(transport, scope, runtime)
        close(pipes.input.write)
        close(pipes.output.read)
    }
}
