import MCP
import Scopes
import Testing
import Transport

@testable import Server

/// Streams and their session's memory, without an engine and on a clock turned by hand.
@Suite struct ResumableStreamTests {
    private final class Fixture {
        let runtime = Runtime.manual()
        let gauges = ReplayGauges()
        let replay: SessionReplay

        init(_ change: (inout ReplayLimits) -> Void = { _ in }) {
            var limits = ReplayLimits()
            change(&limits)
            replay = SessionReplay(limits, gauges, runtime)
        }

        deinit {
            replay.close()
            runtime.stop()
        }

        func post(_ sink: FakeSink, primes: Bool = false) -> ResumableStream {
            ResumableStream(.post, sink, primes: primes, replay, runtime)
        }
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `a plain answer passes as it is and leaves nothing`() {
        let fixture = Fixture()
        let sink = FakeSink()
        let stream = fixture.post(sink, primes: true)
        stream.finish(Self.bytes("{}"), status: 404, headers: [])
        #expect(sink.answer?.text == "{}" && sink.answer?.status == 404)
        #expect(fixture.replay.streams == 0 && fixture.gauges.events.value == 0)
        // The transport asks too late: it was no stream.
        #expect(sink.opens() == "")
    }

    @Test func `what goes out on a stream has ids`() {
        let fixture = Fixture()
        let sink = FakeSink()
        let stream = fixture.post(sink, primes: true)
        #expect(stream.notify(Self.bytes("{1}")) == .queued)
        #expect(sink.opens() == "id: p1-0\nretry: 1000\ndata: ")
        stream.finish(Self.bytes("{2}"), status: 200, headers: [])
        #expect(sink.notes == ["id: p1-1\ndata: {1}"] && sink.answer?.text == "id: p1-2\ndata: {2}")
        // A client of an earlier version gets no event without data.
        let old = FakeSink()
        let second = fixture.post(old)
        #expect(second.notify(Self.bytes("{1}")) == .queued)
        #expect(old.opens() == "" && old.notes == ["id: p2-1\ndata: {1}"])
        second.end()
        #expect(old.isEnded)
    }

    @Test func `a quiet stream that the transport opens can be resumed too`() {
        let fixture = Fixture()
        let sink = FakeSink()
        let stream = fixture.post(sink, primes: true)
        #expect(sink.opens() == "id: p1-0\nretry: 1000\ndata: ")
        sink.leave()
        stream.finish(Self.bytes("{}"), status: 200, headers: [])
        let second = FakeSink()
        fixture.replay.find(.init(kind: .post, number: 1))?.resume(second, after: 0)
        #expect(second.notes == ["id: p1-1\ndata: {}"] && second.isEnded && second.isStream)
    }

    @Test func `a client that comes back gets what it has missed, once, in order, and then the answer`() {
        let fixture = Fixture()
        let first = FakeSink()
        let stream = fixture.post(first)
        for number in 1...3 { #expect(stream.notify(Self.bytes("{\(number)}")) == .queued) }
        first.leave()
        for number in 4...5 { #expect(stream.notify(Self.bytes("{\(number)}")) == .queued) }
        let second = FakeSink()
        stream.resume(second, after: 2)
        #expect(second.notes == ["id: p1-3\ndata: {3}", "id: p1-4\ndata: {4}", "id: p1-5\ndata: {5}"])
        #expect(stream.notify(Self.bytes("{6}")) == .queued)
        stream.finish(Self.bytes("{7}"), status: 200, headers: [])
        #expect(second.notes.count == 4 && second.answer?.text == "id: p1-7\ndata: {7}")
        #expect(stream.notify(Self.bytes("{8}")) == .closed)
        // And again, after the end.
        let third = FakeSink()
        stream.resume(third, after: 6)
        #expect(third.notes == ["id: p1-7\ndata: {7}"] && third.isEnded)
    }

    @Test func `what was too large to be kept is missed, and the rest is not`() {
        let fixture = Fixture { $0.bytes = 200 }
        let first = FakeSink()
        let stream = fixture.post(first)
        _ = stream.notify(Self.bytes("{1}"))
        first.leave()
        _ = stream.notify(Self.bytes("{\(String(repeating: "2", count: 300))}"))
        _ = stream.notify(Self.bytes("{3}"))
        #expect(fixture.gauges.bytes.value <= 200)
        let second = FakeSink()
        stream.resume(second, after: 1)
        #expect(second.notes == ["id: p1-3\ndata: {3}"])
        #expect(fixture.runtime.ledger.counters().first { $0.0 == "replay.missed" }?.1 == 1)
        second.leave()
        // An answer that can't be kept: the stream is known all the same, and is over.
        stream.finish(Self.bytes("{\(String(repeating: "4", count: 300))}"), status: 200, headers: [])
        let third = FakeSink()
        fixture.replay.find(.init(kind: .post, number: 1))?.resume(third, after: 3)
        #expect(third.notes == [] && third.isEnded)
        #expect(fixture.runtime.ledger.counters().first { $0.0 == "replay.missed" }?.1 == 2)
    }

    @Test func `an answer that went while its client caught up is an error of its request`() throws {
        let fixture = Fixture { $0.events = 2 }
        let first = FakeSink()
        let stream = ResumableStream(.post, first, answers: .integer(7), primes: false, fixture.replay, fixture.runtime)
        _ = stream.notify(Self.bytes("{1}"))
        first.leave()
        let second = FakeSink()
        second.stall()
        _ = stream.notify(Self.bytes("{2}"))
        stream.resume(second, after: 1)
        stream.finish(Self.bytes("{3}"), status: 200, headers: [])
        // Another stream has taken its place in what is kept.
        let other = fixture.post(FakeSink())
        for _ in 1...2 { _ = other.notify(Self.bytes("{}")) }
        second.resume()
        #expect(second.notes == [] && second.answer?.text.hasPrefix("id: p1-3\ndata: {") == true)
        #expect(second.answer?.text.contains(#""id":7,"error""#) == true)
        // One that was taken back has no answer that could be lost.
        let third = FakeSink()
        let cancelled = ResumableStream(.post, third, answers: .integer(8), primes: false, fixture.replay, fixture.runtime)
        for number in 1...3 { _ = cancelled.notify(Self.bytes("{\(number)}")) }
        let fourth = FakeSink()
        fourth.stall()
        cancelled.resume(fourth, after: 1)
        cancelled.end()
        for _ in 1...2 { _ = other.notify(Self.bytes("{}")) }
        fourth.resume()
        #expect(fourth.answer == nil && fourth.isEnded)
    }

    @Test func `a second connection takes the stream from the first`() {
        let fixture = Fixture()
        let first = FakeSink()
        let stream = fixture.post(first)
        let told = Lock<[StreamPresence]>([])
        stream.follow { presence in told.withLock { $0.append(presence) } }
        _ = stream.notify(Self.bytes("{1}"))
        let second = FakeSink()
        stream.resume(second, after: 0)
        #expect(first.isEnded && second.notes == ["id: p1-1\ndata: {1}"])
        // What the first one says now is old.
        first.leave()
        _ = stream.notify(Self.bytes("{2}"))
        #expect(second.notes.count == 2 && told.withLock { $0.isEmpty })
        second.leave()
        #expect(told.withLock { $0.map(\.isAway) } == [true] && told.withLock { $0.map(\.isNamed) } == [true])
        stream.resume(FakeSink(), after: 2)
        #expect(told.withLock { $0.map(\.isAway) } == [true, false])
        #expect(told.withLock { $0[0].number < $0[1].number })
    }

    @Test func `who never had an id can't come back`() {
        let fixture = Fixture()
        let sink = FakeSink()
        let stream = fixture.post(sink)
        sink.leave()
        #expect(stream.notify(Self.bytes("{1}")) == .closed)
        let told = Lock<[StreamPresence]>([])
        stream.follow { presence in told.withLock { $0.append(presence) } }
        #expect(told.withLock { $0.map(\.isAway) } == [true] && told.withLock { $0.map(\.isNamed) } == [false])
        #expect(fixture.replay.streams == 0)
    }

    @Test func `a slow client catches up before anything new is taken`() async {
        let fixture = Fixture()
        let first = FakeSink()
        let stream = fixture.post(first)
        for number in 1...3 { _ = stream.notify(Self.bytes("{\(number)}")) }
        first.leave()
        let second = FakeSink()
        second.stall()
        stream.resume(second, after: 0)
        #expect(stream.notify(Self.bytes("{4}")) == .full)
        let room = Lock<[Bool]>([])
        stream.whenWritable { isWritable in room.withLock { $0.append(isWritable) } }
        #expect(room.withLock { $0 } == [])
        // Room is for what was missed first.
        second.makeRoom()
        #expect(stream.notify(Self.bytes("{4}")) == .full)
        second.resume()
        #expect(room.withLock { $0 } == [true])
        #expect(stream.notify(Self.bytes("{4}")) == .queued)
        #expect(second.notes.map { String($0.suffix(3)) } == ["{1}", "{2}", "{3}", "{4}"])
    }

    @Test func `an answer during the catching up comes in its turn`() {
        let fixture = Fixture()
        let first = FakeSink()
        let stream = fixture.post(first)
        _ = stream.notify(Self.bytes("{1}"))
        first.leave()
        let second = FakeSink()
        second.stall()
        stream.resume(second, after: 0)
        stream.finish(Self.bytes("{2}"), status: 200, headers: [])
        #expect(second.answer == nil && !second.isEnded)
        second.resume()
        #expect(second.notes == ["id: p1-1\ndata: {1}", "id: p1-2\ndata: {2}"] && second.isEnded)
    }

    @Test func `what was dropped is missed, counted, and what is kept still comes`() {
        let fixture = Fixture { $0.events = 4 }
        let first = FakeSink()
        let stream = fixture.post(first)
        for number in 1...10 { _ = stream.notify(Self.bytes("{\(number)}")) }
        #expect(fixture.gauges.events.value == 4)
        first.leave()
        let second = FakeSink()
        stream.resume(second, after: 2)
        #expect(second.notes == (7...10).map { "id: p1-\($0)\ndata: {\($0)}" })
        #expect(fixture.runtime.ledger.counters().contains { $0 == ("replay.missed", 4) })
        stream.finish(Self.bytes("{}"), status: 200, headers: [])
        #expect(second.answer?.text == "id: p1-11\ndata: {}")
    }

    @Test func `a stream is forgotten with its last event, which goes in its time`() {
        let fixture = Fixture { $0.age = 1000 }
        let sink = FakeSink()
        let stream = fixture.post(sink)
        _ = stream.notify(Self.bytes("{1}"))
        fixture.runtime.advance(by: 500)
        stream.finish(Self.bytes("{2}"), status: 200, headers: [])
        #expect(fixture.replay.streams == 1 && fixture.gauges.events.value == 2 && fixture.gauges.bytes.value > 0)
        fixture.runtime.advance(by: 600)
        #expect(fixture.replay.streams == 1 && fixture.replay.count == 1)
        fixture.runtime.advance(by: 500)
        #expect(fixture.replay.streams == 0 && fixture.gauges.events.value == 0 && fixture.gauges.bytes.value == 0)
    }

    @Test func `a stream under way is known without an event`() {
        let fixture = Fixture { $0.age = 1000 }
        let sink = FakeSink()
        let stream = fixture.post(sink)
        _ = stream.notify(Self.bytes("{1}"))
        fixture.runtime.advance(by: 2000)
        #expect(fixture.replay.count == 0 && fixture.replay.streams == 1)
        stream.finish(Self.bytes("{2}"), status: 200, headers: [])
        #expect(fixture.replay.count == 1)
    }

    @Test func `a session that has closed keeps nothing`() {
        let fixture = Fixture()
        let sink = FakeSink()
        let stream = fixture.post(sink)
        _ = stream.notify(Self.bytes("{1}"))
        fixture.replay.close()
        #expect(fixture.gauges.events.value == 0 && fixture.gauges.bytes.value == 0 && fixture.replay.streams == 0)
        #expect(stream.notify(Self.bytes("{2}")) == .queued)
        stream.finish(Self.bytes("{3}"), status: 200, headers: [])
        #expect(sink.answer?.text == "id: p1-3\ndata: {3}" && fixture.gauges.events.value == 0)
    }

    @Test func `a client that is sent away is told when to come, and its stream goes on`() {
        let fixture = Fixture()
        let first = FakeSink()
        let stream = fixture.post(first, primes: true)
        let told = Lock<[StreamPresence]>([])
        stream.disconnect(retry: 5_000_000_000)
        stream.follow { presence in told.withLock { $0.append(presence) } }
        #expect(told.withLock { $0.map(\.retry) } == [5_000_000_000])
        #expect(first.isStream && first.isEnded)
        #expect(first.opens() == "id: p1-0\nretry: 5000\ndata: ")
        #expect(stream.notify(Self.bytes("{1}")) == .queued)
        let second = FakeSink()
        stream.resume(second, after: 0)
        #expect(second.notes == ["id: p1-1\ndata: {1}"] && second.opens() == "")
        stream.disconnect(retry: 1_000_000)
        #expect(second.notes.last == "id: p1-1\nretry: 1\ndata: " && second.isEnded)
        // Away already.
        stream.disconnect(retry: 1)
        #expect(told.withLock { $0.map(\.isAway) } == [true, false, true])
        stream.finish(Self.bytes("{2}"), status: 200, headers: [])
        let third = FakeSink()
        stream.resume(third, after: 1)
        #expect(third.notes == ["id: p1-2\ndata: {2}"] && third.isEnded)
    }

    @Test func `the stream of a GET is over with its session only`() {
        let fixture = Fixture()
        let stream = ResumableStream(.get, nil, primes: true, fixture.replay, fixture.runtime)
        #expect(stream.notify(Self.bytes("{0}")) == .closed && fixture.replay.streams == 0)
        let told = Lock(0)
        stream.follow { _ in told.withLock { $0 += 1 } }
        let first = FakeSink()
        stream.resume(first, after: 0)
        #expect(first.opens() == "id: g1-0\nretry: 1000\ndata: ")
        #expect(stream.notify(Self.bytes("{1}")) == .queued && first.notes == ["id: g1-1\ndata: {1}"])
        first.leave()
        #expect(told.withLock { $0 } == 1 && stream.notify(Self.bytes("{2}")) == .closed)
        let second = FakeSink()
        stream.resume(second, after: 0)
        #expect(second.notes == ["id: g1-1\ndata: {1}"] && stream.notify(Self.bytes("{2}")) == .queued)
        stream.end()
        #expect(second.isEnded && told.withLock { $0 } == 1)
        #expect(fixture.replay.find(.init(kind: .get, number: 1)) === stream)
    }
}
