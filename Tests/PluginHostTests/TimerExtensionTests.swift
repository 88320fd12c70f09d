import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct TimerExtensionTests: ExtensionSuite {
    @Test func timersTickOnThePluginsThreadsAndAreDestroyedOnce() throws {
        let (test, plugin, tables) = try loaded()
        #expect(tables.timer.now(plugin.hostHandle) == test.runtime.now)
        #expect(tables.timer.now(1) == 0)
        let witness = Witness()
        var options = ambit_timer_options()
        options.struct_size = UInt32(MemoryLayout<ambit_timer_options>.size)
        options.delay_ns = 5
        options.context = witness.context
        options.fire = { context, missed in Witness.at(context).note("tick \(missed)") }
        options.destroyed = { Witness.at($0).note("destroyed") }
        var once: ambit_timer = 0
        #expect(tables.timer.start(plugin.scopeHandle, &options, &once, nil) == ok)
        test.runtime.advance(by: 10)
        #expect(witness.wait(2) == ["tick 0", "destroyed"])
        #expect(tables.timer.cancel(once) == AMBIT_STALE_HANDLE)
        let periodic = Witness()
        options.context = periodic.context
        options.period_ns = 5
        var timer: ambit_timer = 0
        #expect(tables.timer.start(plugin.scopeHandle, &options, &timer, nil) == ok)
        for count in 1...3 {
            test.runtime.advance(by: 5)
            #expect(periodic.wait(count).count == count)
            plugin.settle()
        }
        #expect(tables.timer.cancel(timer) == ok)
        #expect(periodic.wait(4).last == "destroyed")
        test.runtime.advance(by: 50)
        plugin.settle()
        #expect(periodic.events.count == 4)
        options.period_ns = -1
        #expect(tables.timer.start(plugin.scopeHandle, &options, &timer, nil) == AMBIT_INVALID_ARGUMENT)
        options.period_ns = 0
        options.fire = nil
        #expect(tables.timer.start(plugin.scopeHandle, &options, &timer, nil) == AMBIT_INVALID_ARGUMENT)
        end(test, plugin)
    }
}
