import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct TaskExtensionTests: ExtensionSuite {
    private func task(_ witness: Witness) -> ambit_task_options {
        var options = ambit_task_options()
        options.struct_size = UInt32(MemoryLayout<ambit_task_options>.size)
        options.context = witness.context
        options.cancel = { context, reason in Witness.at(context).note("cancel \(reason!.pointee.kind)") }
        options.destroyed = { Witness.at($0).note("destroyed") }
        return options
    }

    @Test func anAdoptedTaskIsCancelledAwaitedAndDestroyedOnce() throws {
        let (test, plugin, tables) = try loaded()
        let scope = open(tables, plugin.scopeHandle)
        let witness = Witness()
        var options = task(witness)
        var out: ambit_task = 0
        #expect(tables.task.adopt(scope, &options, &out, nil) == ok)
        #expect(test.gauge("task") == 1)
        let closed = Witness()
        #expect(
            tables.scope.close(scope, nil, closed.context, { context, _ in Witness.at(context).note("closed") }, nil)
                == ok)
        #expect(witness.wait(1) == ["cancel 0"])
        #expect(closed.events.isEmpty)
        #expect(tables.task.adopt(scope, &options, &out, nil) == AMBIT_CLOSED)
        #expect(tables.task.finished(out) == ok)
        #expect(closed.wait(1) == ["closed"])
        #expect(witness.events == ["cancel 0", "destroyed"])
        #expect(tables.task.finished(out) == AMBIT_STALE_HANDLE)
        end(test, plugin)
    }

    @Test func aTaskThatFinishesByItselfIsNotCancelled() throws {
        let (test, plugin, tables) = try loaded()
        let witness = Witness()
        var options = task(witness)
        var out: ambit_task = 0
        #expect(tables.task.adopt(plugin.scopeHandle, &options, &out, nil) == ok)
        #expect(tables.task.finished(out) == ok)
        #expect(witness.wait(1) == ["destroyed"])
        #expect(tables.task.cancel(out) == AMBIT_STALE_HANDLE)
        #expect(tables.task.adopt(plugin.scopeHandle, &options, &out, nil) == ok)
        #expect(tables.task.cancel(out) == ok)
        #expect(tables.task.cancel(out) == ok)
        #expect(witness.wait(2) == ["destroyed", "cancel 2"])
        #expect(tables.task.finished(out) == ok)
        #expect(witness.wait(3).last == "destroyed")
        var wrong = task(witness)
        wrong.run = { _, _ in }
        #expect(tables.task.adopt(plugin.scopeHandle, &wrong, &out, nil) == AMBIT_INVALID_ARGUMENT)
        end(test, plugin)
    }

    @Test func spawnRunsOnABlockingThreadAndPostOnTheExecutor() throws {
        let (test, plugin, tables) = try loaded()
        let witness = Witness()
        var options = task(witness)
        var out: ambit_task = 0
        #expect(tables.task.spawn(plugin.scopeHandle, &options, &out, nil) == AMBIT_INVALID_ARGUMENT)
        options.run = { context, _ in Witness.at(context).note("run") }
        #expect(tables.task.spawn(plugin.scopeHandle, &options, &out, nil) == ok)
        #expect(witness.wait(2) == ["run", "destroyed"])
        let posted = Witness()
        #expect(tables.task.post(plugin.hostHandle, posted.context, { Witness.at($0).note("job") }) == ok)
        #expect(posted.wait(1) == ["job"])
        #expect(tables.task.post(plugin.scopeHandle, posted.context, { _ in }) == AMBIT_STALE_HANDLE)
        #expect(tables.task.post(plugin.hostHandle, nil, nil) == AMBIT_INVALID_ARGUMENT)
        end(test, plugin)
    }

    private final class Blocker: Sendable {
        let running = Witness()
        let gate = Latch()
    }

    @Test func aFullBlockingQueueRefusesASpawnAndCallsNothingOfIt() throws {
        let (test, plugin, tables) = try loaded()
        let blocker = Blocker()
        var options = ambit_task_options()
        options.struct_size = UInt32(MemoryLayout<ambit_task_options>.size)
        options.context = Unmanaged.passUnretained(blocker).toOpaque()
        options.run = { context, _ in
            let blocker = Unmanaged<Blocker>.fromOpaque(context!).takeUnretainedValue()
            blocker.running.note("running")
            _ = blocker.gate.wait(nanoseconds: 10_000_000_000)
            blocker.gate.open()
        }
        var out: ambit_task = 0
        for _ in 0..<4 { #expect(tables.task.spawn(plugin.scopeHandle, &options, &out, nil) == ok) }
        #expect(blocker.running.wait(4).count == 4)
        for _ in 0..<64 { #expect(tables.task.spawn(plugin.scopeHandle, &options, &out, nil) == ok) }
        let refused = Witness()
        var more = task(refused)
        more.run = { context, _ in Witness.at(context).note("run") }
        var error = makeError()
        #expect(tables.task.spawn(plugin.scopeHandle, &more, &out, &error) == AMBIT_FULL)
        #expect(error.message.contains("64 jobs wait"))
        blocker.gate.open()
        #expect(blocker.running.wait(68).count == 68)
        end(test, plugin)
        #expect(refused.events.isEmpty)
    }
}
