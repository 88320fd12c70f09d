import CAmbit
import Scopes
import Testing

@testable import PluginHost

/// S16: waiting for `destroyed` exists outside callbacks of the same plugin only.
@Suite struct ReleaseWaitTests: ExtensionSuite {
    private func timer(_ witness: Witness) -> ambit_timer_options {
        var options = ambit_timer_options()
        options.struct_size = UInt32(MemoryLayout<ambit_timer_options>.size)
        options.delay_ns = 5
        options.context = witness.context
        options.fire = { _, _ in }
        options.destroyed = { Witness.at($0).note("destroyed") }
        return options
    }

    @Test func theContextMayBeFreedWhenItReturns() throws {
        let (test, plugin, tables) = try loaded()
        let witness = Witness()
        var options = timer(witness)
        for _ in 0..<50 {
            var handle: ambit_timer = 0
            #expect(tables.timer.start(plugin.scopeHandle, &options, &handle, nil) == ok)
            let before = witness.events.count
            #expect(tables.scope.release_wait(handle, 10_000_000_000, nil) == ok)
            #expect(witness.events.count == before + 1)
            #expect(tables.scope.release_wait(handle, 10_000_000_000, nil) == AMBIT_STALE_HANDLE)
        }
        #expect(tables.scope.release_wait(plugin.scopeHandle, 1, nil) == AMBIT_STALE_HANDLE)
        end(test, plugin)
    }

    /// What the callback below needs.
    private final class Inside: Sendable {
        let witness = Witness()
        let table: @Sendable (ambit_handle) -> ambit_status
        let other: ambit_timer

        init(other: ambit_timer, _ table: @escaping @Sendable (ambit_handle) -> ambit_status) {
            self.other = other
            self.table = table
        }
    }

    @Test func insideACallbackItWouldDeadlock() throws {
        let (test, plugin, tables) = try loaded()
        let witness = Witness()
        var options = timer(witness)
        options.delay_ns = 1_000_000_000
        var other: ambit_timer = 0
        #expect(tables.timer.start(plugin.scopeHandle, &options, &other, nil) == ok)
        let wait = tables.scope.release_wait!
        let inside = Inside(other: other) { wait($0, 10_000_000_000, nil) }
        options.delay_ns = 5
        options.context = Unmanaged.passUnretained(inside).toOpaque()
        options.destroyed = nil
        options.fire = { context, _ in
            let inside = Unmanaged<Inside>.fromOpaque(context!).takeUnretainedValue()
            inside.witness.note("\(inside.table(inside.other))")
        }
        var handle: ambit_timer = 0
        #expect(tables.timer.start(plugin.scopeHandle, &options, &handle, nil) == ok)
        test.runtime.advance(by: 10)
        #expect(inside.witness.wait(1) == ["\(AMBIT_WOULD_DEADLOCK)"])
        #expect(witness.events.isEmpty)
        #expect(tables.scope.release_wait(other, 10_000_000_000, nil) == ok)
        #expect(witness.events == ["destroyed"])
        end(test, plugin)
    }

    @Test func aTaskThatGoesOnIsNotWaitedForForEver() throws {
        let (test, plugin, tables) = try loaded()
        let witness = Witness()
        var options = ambit_task_options()
        options.struct_size = UInt32(MemoryLayout<ambit_task_options>.size)
        options.context = witness.context
        options.cancel = { context, _ in Witness.at(context).note("cancel") }
        options.destroyed = { Witness.at($0).note("destroyed") }
        var task: ambit_task = 0
        #expect(tables.task.adopt(plugin.scopeHandle, &options, &task, nil) == ok)
        var error = makeError()
        #expect(tables.scope.release_wait(task, 1_000_000, &error) == AMBIT_TIMED_OUT)
        #expect(error.message.contains("goes on ending"))
        #expect(witness.wait(1) == ["cancel"])
        #expect(tables.task.finished(task) == ok)
        #expect(witness.wait(2) == ["cancel", "destroyed"])
        end(test, plugin)
    }
}
