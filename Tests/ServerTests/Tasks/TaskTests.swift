import JSON
import MCP
import PluginHost
import Scopes
import TestSupport
import Testing

@testable import Server

/// Calls that become tasks, as far as it can't be seen from outside.
@Suite struct TaskTests {
    private func server(_ folder: TaskFolder, stored: Bool = true, _ change: (inout AmbitConfiguration) -> Void = { _ in }) throws
        -> AskingServer
    {
        try AskingServer { configuration in
            configuration.taskFolder = stored ? folder.path : "/dev/null/tasks"
            change(&configuration)
        }
    }

    @Test func aCallWhoseTaskCanNotBeStoredGoesOnAsItIs() async throws {
        let folder = TaskFolder()
        // At once, where it may be one and where it must.
        var server = try server(folder, stored: false) { $0.limits.tasks.after = 0 }
        let plain = await (try server.call("echo_task", knowsTasks: true)).ended()
        #expect(plain?.message?["result"]?["content"]?[0]?["text"]?.string == "{}")
        let must = await (try server.call("must", knowsTasks: true)).ended()
        #expect(must?.code == -32603 && must?.text.contains("can't be stored") == true)
        #expect(server.engine.tasks.count == 0 && server.engine.tasks.bytes == 0)
        #expect(await server.server.stop().isClean)
        #expect(server.engine.calls == 0)
        // When it asks: then its request ends with the question, and the next one has the answer.
        server = try self.server(folder, stored: false)
        let asked = await (try server.call("inquire_task", knowsTasks: true)).ended()?.message?["result"]
        #expect(asked?["resultType"]?.string == "input_required")
        let state = try #require(asked?["requestState"]?.string)
        #expect(await (try server.call("inquire_task", knowsTasks: true, state: state)).ended()?.text.contains(#"\"a\":\"b\""#) == true)
        #expect(server.engine.tasks.count == 0)
        #expect(await server.server.stop().isClean)
    }

    @Test func aCallThatIsCancelledWhileItsTaskIsBeingStoredNeverRuns() async throws {
        let folder = TaskFolder()
        let server = try server(folder) { $0.limits.tasks.after = 0 }
        _ = try server.engine.openStdio()
        let runtime = server.server.ambit.runtime
        // Nothing is decided meanwhile: the two threads that do are held.
        let holds = [Latch(), Latch()]
        for hold in holds {
            let started = Latch()
            runtime.executor.post {
                started.open()
                _ = hold.wait(nanoseconds: 10_000_000_000)
            }
            #expect(started.wait(nanoseconds: 10_000_000_000))
        }
        let call = try server.call("must", knowsTasks: true, over: .stdio)
        _ = try server.server.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#, .stdio)
        for hold in holds { hold.open() }
        #expect(await call.ended() == nil)
        #expect(runtime.ledger.totals().first { $0.name == "call" }?.opened ?? 0 == 0)
        #expect(eventually { server.engine.tasks.count == 0 && server.engine.calls == 0 })
        #expect(await server.server.stop().isClean)
    }

    @Test func aQuestionThatMakesACallATaskIsTheTasks() async throws {
        let folder = TaskFolder()
        let server = try server(folder)
        let task = try #require(await (try server.call("inquire_task", knowsTasks: true)).ended()?.message?["result"])
        #expect(task["resultType"]?.string == "task" && task["status"]?.string == "input_required")
        #expect(try server.task(#require(task["taskId"]?.string))["inputRequests"]?["k"] != nil)
        #expect(await server.server.stop().isClean)
    }

    @Test func whatIsKeptOfTasksIsBoundedInBytes() async throws {
        let folder = TaskFolder()
        // Quotes take twice the space where they are said in a text.
        let quotes = #"{"x":"\#(String(repeating: #"\""#, count: 1500))"}"#
        let server = try server(folder) { configuration in
            configuration.limits.tasks.after = 0
            configuration.limits.tasks.bytes = 7500
        }
        let created = try #require(await (try server.call("echo_task", arguments: quotes, knowsTasks: true)).ended()?.message?["result"])
        let id = try #require(created["taskId"]?.string)
        #expect(eventually { (try? server.task(id)["status"]?.string) != "working" })
        let failed = try server.task(id)
        #expect(failed["status"]?.string == "failed")
        #expect(failed["error"]?["message"]?.string?.contains("can't be kept: tasks would take more than 7500 bytes") == true)
        // One for which there is no room is a call like any other.
        let second = try #require(await (try server.call("inquire_task", arguments: quotes, knowsTasks: true)).ended()?.message?["result"])
        #expect(second["resultType"]?.string == "input_required")
        #expect(await server.server.stop().isClean)
    }

    @Test func theMessageOfATaskIsBounded() {
        let snapshot = TaskSnapshot(id: "a", createdAt: 1, updatedAt: 1, timeToLive: 1)
        let task = CallTask(snapshot, principal: "", tool: "t", call: nil)
        task.report(String(repeating: "é", count: 1024))
        #expect(task.snapshot.message == String(repeating: "é", count: 1024))
        task.report("a" + String(repeating: "é", count: 1024))
        #expect(task.snapshot.message == "a" + String(repeating: "é", count: 1022) + "…")
        #expect(task.finish(.failed, String(repeating: "x", count: 1 << 20), nil))
        #expect(task.snapshot.message?.utf8.count == CallTask.maximalMessage)
    }

    @Test func aResultThatIsLargerThanARequestMayBeIsOneOfATask() {
        let encoder = MessageEncoder(version: .v2026_07_28, server: .init(name: "s", version: "1"))
        let outcome = encoder.taskOutcome(CallResult(content: [.text(String(repeating: "x", count: 5 << 20))]))
        #expect(outcome["content"]?[0]?["text"]?.string?.utf8.count == 5 << 20)
    }
}
