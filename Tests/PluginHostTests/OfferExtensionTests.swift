import CAmbit
import JSON
import MCP
import Scopes
import Testing

@testable import PluginHost

/// What plugins offer beside tools, as it comes and goes (A13), and what results are checked for.
@Suite struct OfferExtensionTests: ExtensionSuite {
    /// What a handler of these tests does with its call.
    private final class Script: Sendable {
        let witness = Witness()
        let tables: Tables
        let answer: @Sendable (Script, ambit_call) -> Void

        init(_ tables: Tables, _ answer: @escaping @Sendable (Script, ambit_call) -> Void) {
            self.tables = tables
            self.answer = answer
        }

        var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

        static func at(_ context: UnsafeMutableRawPointer?) -> Script { Unmanaged<Script>.fromOpaque(context!).takeUnretainedValue() }

        static let run: @convention(c) (UnsafeMutableRawPointer?, ambit_call) -> Void = { context, call in
            let script = Script.at(context)
            script.answer(script, call)
        }
        static let destroyed: @convention(c) (UnsafeMutableRawPointer?) -> Void = { Script.at($0).witness.note("destroyed") }

        /// Finishes with one block, structured content, or neither.
        @discardableResult
        func finish(
            _ call: ambit_call, kind: Int = AMBIT_CONTENT_EMBEDDED_TEXT, text: String? = nil, structured: String = "", isError: Bool = false
        ) -> ambit_status {
            withText(text ?? "") { text in
                withText("test://answer") { uri in
                    withText(structured) { structured in
                        var content = ambit_content()
                        content.struct_size = UInt32(MemoryLayout<ambit_content>.size)
                        content.kind = Int32(kind)
                        content.text = text
                        content.uri = uri
                        content.role = Int32(AMBIT_ROLE_ASSISTANT)
                        return withUnsafePointer(to: content) { content in
                            var first: UnsafePointer<ambit_content>? = content
                            return withUnsafePointer(to: &first) { first in
                                var result = ambit_result()
                                result.struct_size = UInt32(MemoryLayout<ambit_result>.size)
                                result.content = text.size == 0 ? nil : first
                                result.content_count = text.size == 0 ? 0 : 1
                                result.structured = structured
                                result.is_error = isError ? 1 : 0
                                return tables.call.finish(call, &result, nil)
                            }
                        }
                    }
                }
            }
        }

        func info(_ call: ambit_call) -> (kind: Int, name: String, arguments: String) {
            var info = ambit_call_info()
            info.struct_size = UInt32(MemoryLayout<ambit_call_info>.size)
            _ = tables.call.info(call, &info)
            return (Int(info.kind), string(info.name), string(info.arguments))
        }
    }

    private func add(
        resource uri: String, template: Bool = false, _ script: Script, to scope: ambit_scope, error: inout ambit_error
    ) -> (ambit_status, ambit_registration) {
        withText(uri) { uri in
            withText("n") { name in
                var item = ambit_readable()
                item.struct_size = UInt32(MemoryLayout<ambit_readable>.size)
                item.execution = Int32(AMBIT_TOOL_INLINE)
                item.is_template = template ? 1 : 0
                item.uri = uri
                item.name = name
                item.context = script.context
                item.read = Script.run
                item.complete = Script.run
                return withUnsafePointer(to: item) { item in
                    var registration = ambit_resource_registration()
                    registration.struct_size = UInt32(MemoryLayout<ambit_resource_registration>.size)
                    registration.resource = item
                    registration.destroyed = Script.destroyed
                    var out: ambit_registration = 0
                    return (script.tables.registry.add_resource(scope, &registration, &out, &error), out)
                }
            }
        }
    }

    private func add(
        prompt name: String, _ script: Script, to scope: ambit_scope, error: inout ambit_error
    ) -> (ambit_status, ambit_registration) {
        withText(name) { name in
            var item = ambit_prompt()
            item.struct_size = UInt32(MemoryLayout<ambit_prompt>.size)
            item.execution = Int32(AMBIT_TOOL_INLINE)
            item.name = name
            item.context = script.context
            item.make = Script.run
            return withUnsafePointer(to: item) { item in
                var registration = ambit_prompt_registration()
                registration.struct_size = UInt32(MemoryLayout<ambit_prompt_registration>.size)
                registration.prompt = item
                registration.destroyed = Script.destroyed
                var out: ambit_registration = 0
                return (script.tables.registry.add_prompt(scope, &registration, &out, &error), out)
            }
        }
    }

    private func add(
        tool name: String, input: String = #"{"type":"object"}"#, output: String = "", _ script: Script, to scope: ambit_scope
    ) -> ambit_status {
        withText(name) { name in
            withText(input) { input in
                withText(output) { output in
                    var tool = ambit_tool()
                    tool.struct_size = UInt32(MemoryLayout<ambit_tool>.size)
                    tool.execution = Int32(AMBIT_TOOL_INLINE)
                    tool.name = name
                    tool.description = name
                    tool.input_schema = input
                    tool.output_schema = output
                    tool.context = script.context
                    tool.invoke = Script.run
                    return withUnsafePointer(to: tool) { tool in
                        var registration = ambit_tool_registration()
                        registration.struct_size = UInt32(MemoryLayout<ambit_tool_registration>.size)
                        registration.tool = tool
                        var out: ambit_registration = 0
                        return script.tables.registry.add_tool(scope, &registration, &out, nil)
                    }
                }
            }
        }
    }

    private func invoke(_ handler: Handler, _ arguments: String = "{}", modern: Bool = true) throws -> RecordingSink {
        let sink = RecordingSink()
        let request = CallRequest(arguments: try JSONDocument(parsing: arguments).root, context: .test(modern: modern))
        _ = handler.invoke(request, sink: sink)
        _ = sink.wait()
        return sink
    }

    @Test func aResourceAndATemplateComeAndGo() throws {
        let (test, plugin, tables) = try loaded()
        let script = Script(tables) { script, call in
            let info = script.info(call)
            script.witness.note("\(info.kind) \(info.name) \(info.arguments)")
            script.finish(call, text: "read")
        }
        var error = makeError()
        let changes = Box<Set<Catalog.Change>>()
        test.host.catalog.onChange { changes.set($0) }
        let (status, resource) = add(resource: "test://a", script, to: plugin.scopeHandle, error: &error)
        #expect(status == ok && changes.wait() == [.init(.resources, .everybody)])
        #expect(add(resource: "test://{id}/x", template: true, script, to: plugin.scopeHandle, error: &error).0 == ok)
        #expect(add(resource: "test://{other}/x", template: true, script, to: plugin.scopeHandle, error: &error).0 == ok)
        #expect(add(resource: "test://a", script, to: plugin.scopeHandle, error: &error).0 == AMBIT_INVALID_ARGUMENT)
        #expect(error.message.contains("the resource 'test://a' of 'fixture' is offered by 'fixture'"))
        #expect(add(resource: "test://{a}{b}", template: true, script, to: plugin.scopeHandle, error: &error).0 == AMBIT_INVALID_ARGUMENT)
        #expect(error.message.contains("nothing between"))
        #expect(add(resource: "ambit://a", script, to: plugin.scopeHandle, error: &error).0 == AMBIT_INVALID_ARGUMENT)

        let read = try invoke(try #require(test.host.catalog.resource("test://a")).handler, #"{"uri":"test://a"}"#)
        #expect(read.outcomes.count == 1 && read.text.contains("read"))
        #expect(script.witness.events.last == #"1 test://a {"uri":"test://a"}"#)
        let (offer, variables) = try #require(test.host.catalog.template(matching: "test://7/x"))
        #expect(offer.definition.template.text == "test://{id}/x" && variables.map(\.value) == ["7"])
        #expect(tables.registry.remove(resource) == ok && test.host.catalog.resource("test://a") == nil)
        end(test, plugin)
        #expect(script.witness.events.filter { $0 == "destroyed" }.count == 3)
    }

    @Test func whatASessionIsOfferedIsItsOwn() throws {
        let (test, plugin, tables) = try loaded()
        let script = Script(tables) { script, call in script.finish(call, text: "x") }
        var error = makeError()
        let session = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "")
        let scope = try session.useEntry(for: plugin).handle
        let catalog = test.host.catalog
        let before = catalog.resources(for: session)
        #expect(before.isShared && before.own == 0)
        #expect(add(resource: "test://mine", script, to: scope, error: &error).0 == ok)
        #expect(add(prompt: "mine", script, to: scope, error: &error).0 == ok)
        let after = catalog.resources(for: session)
        #expect(!after.isShared && after.own != 0 && after.shared == before.shared)
        #expect(catalog.resource("test://mine") == nil && catalog.prompt(named: "mine") == nil)
        #expect(catalog.prompt(named: "mine", for: session) != nil)
        #expect(add(resource: "test://mine", script, to: plugin.scopeHandle, error: &error).0 == AMBIT_INVALID_ARGUMENT)
        #expect(session.scope.closeNow() != nil)
        #expect(script.witness.wait(2) == ["destroyed", "destroyed"])
        end(test, plugin)
    }

    @Test func anUpdateIsToldToThoseWhoWatch() throws {
        let (test, plugin, tables) = try loaded()
        let script = Script(tables) { script, call in script.finish(call, text: "x") }
        var error = makeError()
        let updates = Box<Set<Catalog.ResourceUpdate>>()
        func tell(_ uri: String, _ scope: ambit_scope) -> ambit_status {
            withText(uri) { tables.registry.resource_updated(scope, $0, &error) }
        }
        #expect(add(resource: "test://a", script, to: plugin.scopeHandle, error: &error).0 == ok)
        #expect(add(resource: "test://t/{id}", template: true, script, to: plugin.scopeHandle, error: &error).0 == ok)
        // Nobody watches: nothing is kept.
        #expect(tell("test://a", plugin.scopeHandle) == ok)
        test.host.catalog.onResourceUpdated { updates.set($0) }
        #expect(tell("test://nothing", plugin.scopeHandle) == AMBIT_NOT_FOUND && error.message.contains("test://nothing"))
        #expect(tell("test://t/1", plugin.scopeHandle) == ok)
        #expect(updates.wait() == [.init(uri: "test://t/1", audience: .everybody)])
        let session = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "")
        let scope = try session.useEntry(for: plugin).handle
        let later = Box<Set<Catalog.ResourceUpdate>>()
        test.host.catalog.onResourceUpdated { later.set($0) }
        #expect(tell("test://a", scope) == ok)
        #expect(later.wait() == [.init(uri: "test://a", audience: .session(session.key))])
        #expect(session.scope.closeNow() != nil)
        #expect(tell("test://a", scope) == AMBIT_STALE_HANDLE)
        end(test, plugin)
    }

    @Test func contentsAreNeverEmptyAndNothingIsAnError() throws {
        let (test, plugin, tables) = try loaded()
        var error = makeError()
        let empty = Script(tables) { script, call in script.finish(call) }
        let text = Script(tables) { script, call in script.finish(call, kind: AMBIT_CONTENT_TEXT, text: "x") }
        let failing = Script(tables) { script, call in script.finish(call, text: "the disk is gone", isError: true) }
        let missing = Script(tables) { script, call in
            _ = withText("no") { script.tables.call.fail(call, AMBIT_CODE_NO_RESOURCE, $0, ambit_text(), nil) }
        }
        for (name, script) in [("empty", empty), ("text", text), ("failing", failing), ("missing", missing)] {
            #expect(add(resource: "test://\(name)", script, to: plugin.scopeHandle, error: &error).0 == ok)
        }
        func read(_ name: String, modern: Bool = true) throws -> String {
            let handler = try #require(test.host.catalog.resource("test://\(name)")).handler
            return try invoke(handler, "{\"uri\":\"test://\(name)\"}", modern: modern).text
        }
        #expect(try read("empty").hasPrefix("failure -32603") && read("empty").contains("no contents"))
        #expect(try read("text").contains("embedded text or data"))
        #expect(test.log.contains("a plugin gave a wrong result plugin=fixture kind=resource name=test://empty"))
        #expect(try read("failing").hasPrefix("failure -32603"))
        #expect(try read("missing") == "failure -32602 Resource not found: test://missing")
        #expect(try read("missing", modern: false) == "failure -32002 Resource not found: test://missing")
        end(test, plugin)
    }

    @Test func promptsKeepTheirRoles() throws {
        let (test, plugin, tables) = try loaded()
        var error = makeError()
        let script = Script(tables) { script, call in script.finish(call, kind: AMBIT_CONTENT_TEXT, text: "x") }
        #expect(add(prompt: "ask", script, to: plugin.scopeHandle, error: &error).0 == ok)
        #expect(add(prompt: "no name", script, to: plugin.scopeHandle, error: &error).0 == AMBIT_INVALID_ARGUMENT)
        let sink = try invoke(try #require(test.host.catalog.prompt(named: "ask")).handler)
        guard case .result(let result) = sink.outcomes.first else { throw TestFailure(sink.text) }
        #expect(result.roles == [.assistant] && result.content.count == 1)
        end(test, plugin)
    }

    @Test func completionsAreCutAtAHundred() throws {
        let (test, plugin, tables) = try loaded()
        var error = makeError()
        let many = "[" + (0..<150).map { "\"v\($0)\"" }.joined(separator: ",") + "]"
        let script = Script(tables) { script, call in script.finish(call, structured: "{\"values\":\(many)}") }
        let wrong = Script(tables) { script, call in script.finish(call, structured: #"{"values":[1]}"#) }
        #expect(add(resource: "test://{id}", template: true, script, to: plugin.scopeHandle, error: &error).0 == ok)
        #expect(add(resource: "test://x/{id}", template: true, wrong, to: plugin.scopeHandle, error: &error).0 == ok)
        let sink = try invoke(try #require(test.host.catalog.template("test://{id}")?.completion))
        guard case .result(let result) = sink.outcomes.first else { throw TestFailure(sink.text) }
        #expect(result.structured?["values"]?.count == 100 && result.structured?["total"]?.int64 == 150)
        #expect(result.structured?["hasMore"]?.bool == true)
        #expect(try invoke(try #require(test.host.catalog.template("test://x/{id}")?.completion)).text.hasPrefix("failure -32603"))
        end(test, plugin)
    }

    @Test func argumentsAndResultsMeetTheSchemas() throws {
        let (test, plugin, tables) = try loaded()
        let schema = #"{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}"#
        let script = Script(tables) { script, call in
            script.witness.note("called")
            switch script.info(call).arguments {
            case #"{"n":1}"#: script.finish(call, structured: #"{"n":1}"#)
            case #"{"n":2}"#: script.finish(call, structured: #"{"n":"x"}"#)
            case #"{"n":3}"#: script.finish(call, kind: AMBIT_CONTENT_TEXT, text: "x")
            default: script.finish(call, kind: AMBIT_CONTENT_TEXT, text: "it failed", isError: true)
            }
        }
        #expect(add(tool: "strict", input: schema, output: schema, script, to: plugin.scopeHandle) == ok)
        let handler = try #require(test.host.catalog.tool(named: "strict")).handler
        for modern in [true, false] {
            let refused = try invoke(handler, #"{"n":"x"}"#, modern: modern).text
            #expect(refused.hasPrefix("result the arguments of 'strict' are wrong: `n` must be an integer") && refused.hasSuffix("(error)"))
        }
        #expect(script.witness.events.isEmpty)
        // The JSON becomes the text that old clients read.
        #expect(try invoke(handler, #"{"n":1}"#).text == #"result {"n":1}"#)
        #expect(try invoke(handler, #"{"n":2}"#).text.contains("does not fit the output schema: `n` must be an integer"))
        #expect(try invoke(handler, #"{"n":3}"#).text.hasPrefix("failure -32603"))
        #expect(test.log.contains("plugin=fixture kind=tool name=strict problem=it has no structured content"))
        #expect(try invoke(handler, #"{"n":4}"#).text == "result it failed (error)")
        end(test, plugin)
    }

    private struct TestFailure: Error { let text: String; init(_ text: String) { self.text = text } }
}
