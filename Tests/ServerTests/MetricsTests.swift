import JSON
import Metrics
import Scopes
import Testing
import Transport

@testable import Server

@Suite struct MetricsTests {
    private func sample(_ text: String, _ name: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix(name + " ") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }

    @Test func callsAreCountedByToolAndEnd() async throws {
        let server = try TestServer()
        server.load()
        for _ in 0..<3 { _ = try server.callModern("echo") }
        let held = try server.callModern("hold")
        #expect(sample(MetricsPage.text(server.ambit), "ambit_calls_in_flight") == 1)
        held.leave()
        _ = await held.ended()
        let text = MetricsPage.text(server.ambit)
        #expect(sample(text, #"ambit_call_duration_seconds_count{tool="echo"}"#) == 3)
        #expect(sample(text, #"ambit_call_duration_seconds_bucket{tool="echo",le="+Inf"}"#) == 3)
        #expect(sample(text, #"ambit_call_failures_total{tool="hold",code="disconnected"}"#) == 1)
        #expect(sample(text, "ambit_calls_in_flight") == 0)
        #expect(sample(text, #"ambit_plugin_info{plugin="test",version="1",generation="1",state="ready"}"#) == 1)
        #expect(sample(text, #"ambit_build_info{version="\#(Version.current)"}"#) == 1)
        #expect((sample(text, "process_resident_memory_bytes") ?? 0) > 1_000_000)
        // The ledger is the truth.
        let live = server.ambit.runtime.ledger.totals().first { $0.name == "registration" }?.live
        #expect(sample(text, #"ambit_live{kind="registration"}"#) == live.map { Double($0) })
        #expect(await server.stop().isClean)
    }

    @Test func labelsAndHelpAreEscapedAndNamesMadeFit() {
        var out = Exposition()
        out.family("a", .gauge, "one\\two\nthree") { $0.add(1.5, [("l", "a\"b\\c\nd")]) }
        #expect(out.text == "# HELP a one\\\\two\\nthree\n# TYPE a gauge\na{l=\"a\\\"b\\\\c\\nd\"} 1.5\n")
        #expect(Exposition.name("9-lives.of ü") == "_9_lives_of___")
        #expect([Double.infinity, -.infinity, .nan, 2, 0.25].map { Exposition.number($0) } == ["+Inf", "-Inf", "NaN", "2", "0.25"])
    }

    @Test func aHistogramIsCumulativeAndEndsWithAll() {
        let histogram = Histogram(bounds: [1, 10])
        for value in [0.5, 1, 2, 100] { histogram.record(value) }
        var out = Exposition()
        out.family("h", .histogram, "x") { $0.add(bounds: histogram.bounds, counts: histogram.counts, sum: histogram.sum) }
        #expect(
            out.text.split(separator: "\n").dropFirst(2).map { String($0) } == [
                #"h_bucket{le="1"} 2"#, #"h_bucket{le="10"} 3"#, #"h_bucket{le="+Inf"} 4"#, "h_sum 103.5", "h_count 4",
            ])
    }

    /// A name that would be taken for a sample of another metric is left out.
    @Test func namesDoNotMeet() {
        var out = Exposition()
        out.family("h", .histogram, "") { $0.add(bounds: [], counts: [0], sum: 0) }
        out.family("h_count", .gauge, "") { $0.add(1) }
        out.family("h", .gauge, "") { $0.add(1) }
        #expect(out.text.split(separator: "\n").filter { $0.hasSuffix("is left out: another metric has that name") }.count == 2)
        #expect(!out.text.contains("h_count 1"))
    }

    @Test func librariesReportThroughOneBoundedRegistry() {
        let registry = MetricsRegistry()
        let counter = registry.makeCounter(label: "a.b", dimensions: [("k", "v")])
        counter.increment(by: 2)
        registry.makeCounter(label: "a.b", dimensions: [("k", "v")]).increment(by: 3)
        registry.makeTimer(label: "t", dimensions: []).recordNanoseconds(2_000_000_000)
        registry.makeMeter(label: "m", dimensions: []).set(7.5)
        registry.makeRecorder(label: "r", dimensions: [], aggregate: true).record(9.0)
        registry.makeRecorder(label: "g", dimensions: [], aggregate: false).record(Int64(4))
        // Of another kind: takes what it is given and is not shown.
        registry.makeMeter(label: "a.b", dimensions: [("k", "v")]).set(1.0)
        #expect(registry.all().map(\.name) == ["a_b", "g", "m", "r", "t"])
        guard case .counter(let known) = registry.all()[0].instrument else { return #expect(Bool(false)) }
        #expect(known.value == 5)
        for number in 0..<MetricsRegistry.maximalSeries {
            registry.makeCounter(label: "c", dimensions: [("n", "\(number)")]).increment(by: 1)
        }
        #expect(registry.all().count == MetricsRegistry.maximalSeries)
        #expect(registry.refused == 5)
    }
}
