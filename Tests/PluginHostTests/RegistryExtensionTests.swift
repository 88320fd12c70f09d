import CAmbit
import MCP
import Scopes
import Testing

@testable import PluginHost

/// Tools that come and go while the plugin runs (A13).
@Suite struct RegistryExtensionTests: ExtensionSuite {
    /// Registers a tool that keeps its calls open, or finishes them with its name.
    private func add(
        _ name: String, to scope: ambit_scope, _ tables: Tables, _ witness: Witness, error: inout ambit_error
    ) -> (ambit_status, ambit_registration) {
        withText(name) { name in
            withText("A tool.") { description in
                withText(#"{"type":"object"}"#) { schema in
                    var tool = ambit_tool()
                    tool.struct_size = UInt32(MemoryLayout<ambit_tool>.size)
                    tool.name = name
                    tool.description = description
                    tool.input_schema = schema
                    tool.context = witness.context
                    tool.invoke = { context, call in Witness.at(context).note("call \(call)") }
                    return withUnsafePointer(to: tool) { tool in
                        var registration = ambit_tool_registration()
                        registration.struct_size = UInt32(MemoryLayout<ambit_tool_registration>.size)
                        registration.tool = tool
                        registration.destroyed = { Witness.at($0).note("destroyed") }
                        var out: ambit_registration = 0
                        return (tables.registry.add_tool(scope, &registration, &out, &error), out)
                    }
                }
            }
        }
    }

    @Test func aToolComesAndGoesWithItsScope() throws {
        let (test, plugin, tables) = try loaded()
        let witness = Witness()
        var error = makeError()
        let changes = Box<Set<Catalog.Change>>()
        test.host.catalog.onChange { changes.set($0) }
        let scope = open(tables, plugin.scopeHandle)
        let (status, registration) = add("late", to: scope, tables, witness, error: &error)
        #expect(status == ok && registration != 0)
        #expect(changes.wait() == [.init(.tools, .everybody)])
        #expect(test.host.catalog.tool(named: "late") != nil)
        let (second, _) = add("late", to: scope, tables, witness, error: &error)
        #expect(second == AMBIT_INVALID_ARGUMENT && error.message.contains("offered by 'fixture'"))
        #expect(tables.scope.close(scope, nil, nil, nil, nil) == ok)
        #expect(witness.wait(1) == ["destroyed"])
        #expect(test.host.catalog.tool(named: "late") == nil)
        #expect(tables.registry.remove(registration) == AMBIT_STALE_HANDLE)
        let (closed, _) = add("late", to: scope, tables, witness, error: &error)
        #expect(closed == AMBIT_STALE_HANDLE && witness.events == ["destroyed"])
        end(test, plugin)
    }

    @Test func itsContextLivesUntilTheLastCallHasEnded() throws {
        let (test, plugin, tables) = try loaded()
        let witness = Witness()
        var error = makeError()
        let (status, registration) = add("late", to: plugin.scopeHandle, tables, witness, error: &error)
        #expect(status == ok)
        let tool = try #require(test.host.catalog.tool(named: "late"))
        let (call, sink) = try test.invoke("late")
        #expect(witness.wait(1).count == 1)
        #expect(tables.registry.remove(registration) == ok)
        plugin.settle()
        #expect(witness.events.count == 1)
        // Who still holds the tool can't call it any more.
        let late = RecordingSink()
        #expect(tool.invoke(CallRequest(arguments: nil, context: .test()), sink: late) == nil)
        #expect(late.wait().contains("withdrawn"))
        call?.cancel(Reason(.cancelled, by: "client"))
        #expect(sink.wait().hasPrefix("cancelled"))
        #expect(witness.wait(2).last == "destroyed")
        end(test, plugin)
    }

    @Test func aSessionsToolsAreSeenByThatSessionOnly() throws {
        let (test, plugin, tables) = try loaded()
        let witness = Witness()
        var error = makeError()
        let session = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "")
        let other = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "")
        let scope = try session.useEntry(for: plugin).handle
        let changes = Box<Set<Catalog.Change>>()
        test.host.catalog.onChange { changes.set($0) }
        #expect(add("mine", to: scope, tables, witness, error: &error).0 == ok)
        #expect(changes.wait() == [.init(.tools, .session(session.key))])
        let catalog = test.host.catalog
        #expect(catalog.tool(named: "mine", for: session) != nil && !catalog.tools(for: session).isShared)
        #expect(catalog.tools(for: session).offers.count == catalog.tools().count + 1)
        #expect(catalog.tool(named: "mine", for: other) == nil && catalog.tool(named: "mine") == nil)
        #expect(catalog.tools(for: other).isShared)
        // One name is never two tools to anybody.
        #expect(add("mine", to: plugin.scopeHandle, tables, witness, error: &error).0 == AMBIT_INVALID_ARGUMENT)
        #expect(add("hold", to: scope, tables, witness, error: &error).0 == AMBIT_INVALID_ARGUMENT)
        #expect(add("mine", to: try other.useEntry(for: plugin).handle, tables, witness, error: &error).0 == ok)
        #expect(session.scope.closeNow() != nil)
        #expect(witness.wait(1) == ["destroyed"])
        #expect(catalog.tool(named: "mine", for: other) != nil)
        #expect(other.scope.closeNow() != nil)
        #expect(witness.wait(2).count == 2)
        let minted = try test.host.sessions.open(kind: .handle, idle: 0, principal: "")
        let refused = add("mine", to: try minted.useEntry(for: plugin).handle, tables, witness, error: &error).0
        #expect(refused == AMBIT_UNSUPPORTED && error.message.contains("register in the plugin's scope"))
        #expect(minted.scope.closeNow() != nil)
        end(test, plugin)
    }

    @Test func aWrongDeclarationIsRefusedAndLeavesNothing() throws {
        let (test, plugin, tables) = try loaded()
        let witness = Witness()
        var error = makeError()
        let before = plugin.handleCount
        #expect(add("not a name", to: plugin.scopeHandle, tables, witness, error: &error).0 == AMBIT_INVALID_ARGUMENT)
        #expect(error.message.contains("not a name"))
        #expect(plugin.handleCount == before && witness.events.isEmpty)
        end(test, plugin)
    }
}
