import CAmbit
import Glibc
import Scopes
import Testing

@testable import PluginHost

@Suite struct MetricsExtensionTests: ExtensionSuite {
    private func define(_ kind: Int, _ name: String, _ plugin: PluginInstance, _ tables: Tables) -> (ambit_status, ambit_metric) {
        var out: ambit_metric = 0
        let status = withText(name) { name in
            withText("What it counts.") { tables.metrics.define(plugin.hostHandle, Int32(kind), name, $0, &out, nil) }
        }
        return (status, out)
    }

    @Test func instrumentsAddUpAndSurviveTheirPlugin() throws {
        let (test, plugin, tables) = try loaded()
        let host = plugin.hostHandle
        let (status, lines) = define(AMBIT_METRIC_COUNTER, "lines", plugin, tables)
        #expect(status == ok && define(AMBIT_METRIC_COUNTER, "lines", plugin, tables) == (ok, lines))
        #expect(define(AMBIT_METRIC_GAUGE, "lines", plugin, tables).0 == AMBIT_INVALID_ARGUMENT)
        #expect(tables.metrics.add(host, lines, 2) == ok && tables.metrics.add(host, lines, 0.5) == ok)
        #expect(tables.metrics.add(host, lines, -1) == AMBIT_INVALID_ARGUMENT)
        #expect(tables.metrics.set(host, lines, 7) == AMBIT_INVALID_ARGUMENT)
        let (_, depth) = define(AMBIT_METRIC_GAUGE, "depth", plugin, tables)
        #expect(tables.metrics.set(host, depth, 7) == ok && tables.metrics.add(host, depth, -3) == ok)
        let (_, sizes) = define(AMBIT_METRIC_HISTOGRAM, "size_bytes", plugin, tables)
        for size in [1.0, 256, 257, 1e12] { #expect(tables.metrics.add(host, sizes, size) == ok) }
        #expect(tables.metrics.add(host, 99, 1) == AMBIT_NOT_FOUND && tables.metrics.add(host, 0, 1) == AMBIT_NOT_FOUND)
        #expect(define(AMBIT_METRIC_COUNTER, "Lines", plugin, tables).0 == AMBIT_INVALID_ARGUMENT)
        end(test, plugin)
        let all = test.host.metrics.all()
        #expect(all.map(\.plugin) == ["fixture"] && all[0].instruments.map(\.value) == [2.5, 4, 1e12 + 514])
        #expect(all[0].instruments[2].counts.reduce(0, +) == 4 && all[0].instruments[2].counts.last == 1)
        #expect(all[0].instruments[2].counts.first == 2)
    }

    @Test func aPluginHasSixtyFour() throws {
        let (test, plugin, tables) = try loaded()
        for number in 0..<64 { #expect(define(AMBIT_METRIC_GAUGE, "m\(number)", plugin, tables).0 == ok) }
        #expect(define(AMBIT_METRIC_GAUGE, "one_more", plugin, tables).0 == AMBIT_OVER_QUOTA)
        end(test, plugin)
    }

    @Test func manyThreadsLoseNothing() throws {
        let instrument = Instrument(name: "n", help: "", kind: .counter)
        let threads = (0..<4).map { _ in
            let latch = Latch()
            let executor = ThreadExecutor(name: "adding", threads: 1)
            executor.post {
                for _ in 0..<10_000 { instrument.add(1) }
                latch.open()
            }
            return (executor, latch)
        }
        for (executor, latch) in threads {
            #expect(latch.wait(nanoseconds: 10_000_000_000))
            executor.stop()
        }
        #expect(instrument.value == 40_000)
    }
}
