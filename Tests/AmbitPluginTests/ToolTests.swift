import CAmbit
import Testing

@testable import AmbitPlugin

private enum Mode: String, CaseIterable { case wait, stream }

/// Schema, decoding and messages of parameters, against a fake host.
@Suite struct ToolTests {
    let fake = FakeHost()

    private func echo() -> Tool {
        .inline(
            "echo", "Says it again.", .string("text", "What."), .integer("times", "How often.", default: 2, in: 1...9),
            .boolean("loud", "Whether.").optional, .choice("mode", "How.", Mode.self, default: .wait),
            .list("tags", "Which.", of: .string).optional, .stringMap("env", "Environment.").optional
        ) { _, text, times, loud, mode, tags, env in
            .text(
                "\(text) \(times) \(loud.map(String.init) ?? "-") \(mode) \(tags?.joined(separator: ",") ?? "-") "
                    + (env ?? []).map { "\($0.name)=\($0.value)" }.joined(separator: ","))
        }
    }

    @Test func schemaKeepsOrderAndRequires() {
        #expect(
            echo().inputSchema.text
                == #"{"type":"object","properties":{"text":{"type":"string","description":"What."},"#
                + #""times":{"type":"integer","minimum":1,"maximum":9,"description":"How often.","default":2},"#
                + #""loud":{"type":["boolean","null"],"description":"Whether."},"#
                + #""mode":{"type":"string","enum":["wait","stream"],"description":"How.","default":"wait"},"#
                + #""tags":{"type":["array","null"],"description":"Which.","items":{"type":"string"}},"#
                + #""env":{"type":["object","null"],"description":"Environment.","additionalProperties":{"type":"string"}}},"#
                + #""required":["text"],"additionalProperties":false}"#)
    }

    @Test func aParameterCanBeAHeaderTooAndStaysWhatItIs() {
        let tool = Tool.inline("t", "", .string("region", "Where.", default: "here").header("Region"), .integer("n", "").header("N")) {
            _, _, _ in
            .text("")
        }
        #expect(
            tool.inputSchema["properties"]?.text
                == #"{"region":{"type":"string","description":"Where.","default":"here","x-mcp-header":"Region"},"n":{"type":"integer","description":"","x-mcp-header":"N"}}"#
        )
        #expect(tool.inputSchema["required"] == ["n"])
    }

    @Test func aSchemaOfItsOwnIsPassedOnAndItsArgumentsAreNot() async throws {
        let tool = Tool("own", "Takes anything.", inputSchema: ["type": "object", "$comment": "mine"]) { _, arguments in
            .text("\(arguments.text) \(arguments["tags"]?.array?.compactMap(\.string) ?? [])")
        }
        #expect(tool.inputSchema.text == #"{"type":"object","$comment":"mine"}"#)
        let finished = await fake.call(tool, ["stray": 1, "tags": ["a", 2]], host: try fake.host)
        #expect(finished.texts == [#"{"stray":1,"tags":["a",2]} ["a"]"#] && !finished.isError)
        fake.end()
    }

    private struct Window: SchemaProviding, Equatable {
        var lines: Int
        var pattern: String?
        static let schema: JSON = ["type": "object", "properties": ["lines": ["type": "integer"]], "required": ["lines"]]
    }

    private func object() -> Tool {
        .inline(
            "object", "Takes one.", .object("window", "Which lines.", Window.self, default: Window(lines: 10)),
            .list("more", "Others.", of: .object(Window.self), count: 0...2).optional,
            .list("modes", "How.", of: .choice(Mode.self), default: [.wait])
        ) { _, window, more, modes in
            try .structured([window] + (more ?? []), text: modes.map(\.rawValue).joined())
        }
    }

    @Test func schemaOfObjectsSaysWhatTheirTypeSays() {
        #expect(
            object().inputSchema.text
                == #"{"type":"object","properties":{"window":{"type":"object","properties":{"lines":{"type":"integer"}},"#
                + #""required":["lines"],"description":"Which lines.","default":{"lines":10}},"#
                + #""more":{"type":["array","null"],"description":"Others.","items":{"type":"object","properties":{"lines":{"type":"integer"}},"#
                + #""required":["lines"]},"minItems":0,"maxItems":2},"#
                + #""modes":{"type":"array","description":"How.","items":{"type":"string","enum":["wait","stream"]},"default":["wait"]}},"#
                + #""additionalProperties":false}"#)
    }

    @Test func objectsAreDecodedAndResultsEncoded() async throws {
        let host = try fake.host
        #expect(await fake.call(object(), [:], host: host) == .init(texts: ["wait"], structured: #"[{"lines":10}]"#, isError: false))
        let two = await fake.call(
            object(), ["window": ["lines": 2.0, "pattern": "a\"b"], "more": [["lines": 3]], "modes": ["stream", "wait"]], host: host)
        #expect(
            two
                == .init(
                    texts: ["streamwait"], structured: #"[{"lines":2,"pattern":"a\"b"},{"lines":3}]"#, isError: false))
        let message = { (arguments: JSON) async in await self.fake.call(self.object(), arguments, host: host).texts.first }
        #expect(await message(["window": ["lines": "x"]]) == #"Argument "window.lines": expected an integer, got "x"."#)
        #expect(await message(["window": [:]]) == #"Argument "window.lines" is missing."#)
        #expect(await message(["window": 5]) == #"Argument "window": expected an object, got 5."#)
        #expect(await message(["more": [["lines": 1], ["lines": nil]]]) == #"Argument "more[1].lines": expected an integer, got null."#)
        fake.end()
    }

    @Test func whatTheHostDoesNotOfferIsUnsupportedAndNamesIt() async throws {
        let host = try fake.host
        @Sendable func refused(_ id: String, _ body: () async throws -> Void) async {
            do {
                try await body()
                Issue.record("\(id) was not refused")
            } catch {
                #expect((error as? AmbitError)?.status == .unsupported && "\(error)".contains(id), "\(error)")
            }
        }
        let scope = host.scope
        await refused("ambit.reply/1") { _ = try scope.reply(timeout: .seconds(1)) }
        await refused("ambit.reply/1") { try host.resolve(id: "x", payload: "y") }
        await refused("ambit.directory/1") { _ = try scope.temporaryDirectory() }
        await refused("ambit.descriptor/1") { _ = try scope.descriptor { 0 } }
        await refused("ambit.listener/1") { _ = try scope.listener(port: 0) }
        await refused("ambit.arena/1") { _ = try scope.arena(limit: 1) }
        await refused("ambit.lease/1") { _ = try await scope.share("k") { _ in 1 } }
        await refused("ambit.kind/1") { _ = try host.kind("k") { (_: Int, _) in } }
        await refused("ambit.registry/1") { try scope.register(Tool("t", "d") { _ in .text("") }) }
        await refused("ambit.paths/1") { _ = try host.paths.state }
        await refused("ambit.metrics/1") { _ = try host.metrics.counter("c", "h") }
        let tool = Tool("t", "d") { call in
            await refused("ambit.ask/1") { _ = try await call.roots() }
            await refused("ambit.result/1") { _ = try call.result }
            return .text("asked")
        }
        #expect(await fake.call(tool, [:], host: host).texts == ["asked"])
        fake.end()
    }

    @Test func argumentsAreDecoded() async throws {
        let host = try fake.host
        let long = String(repeating: "é", count: 500)
        #expect(await fake.call(echo(), ["text": "a"], host: host).texts == ["a 2 - wait - "])
        #expect(await fake.call(echo(), ["text": "a", "loud": nil, "times": 3.0], host: host).texts == ["a 3 - wait - "])
        #expect(
            await fake.call(
                echo(),
                ["text": .string(long), "loud": true, "mode": "stream", "tags": ["x", "y"], "env": ["Z": "1", "A\n": "2"]],
                host: host
            ).texts == ["\(long) 2 true stream x,y Z=1,A\n=2"])
        fake.end()
    }

    @Test(
        arguments: [
            (["times": 3], #"Argument "text" is missing: a string is required."#),
            (["text": 5], #"Argument "text": expected a string, got 5."#),
            (["text": nil], #"Argument "text": expected a string, got null."#),
            (["text": "a", "times": 10], #"Argument "times": expected an integer in 1...9, got 10."#),
            (["text": "a", "times": 1.5], #"Argument "times": expected an integer, got 1.5."#),
            (["text": "a", "mode": "steam"], #"Argument "mode": expected one of "wait", "stream", got "steam"; did you mean "stream"?"#),
            (["text": "a", "tags": ["x", 1]], #"Argument "tags[1]": expected a string, got 1."#),
            (["text": "a", "env": ["K": false]], #"Argument "env.K": expected a string, got false."#),
            (
                ["text": "a", "tims": 3],
                #"Unknown argument "tims"; did you mean "times"? echo takes "text", "times", "loud", "mode", "tags", "env"."#
            ),
        ] as [(JSON, String)])
    func wrongArgumentsAreNamed(arguments: JSON, message: String) async throws {
        let finished = await fake.call(echo(), arguments, host: try fake.host)
        #expect(finished == .init(texts: [message], structured: "", isError: true))
        fake.end()
    }

    @Test func mintedSessionIsToldToTheClient() async throws {
        let host = try fake.host
        let tool = Tool("t", "d", .session(idle: .seconds(7200)), .integer("n", "d")) { _, session, n in
            #expect(session.key == 9)
            return .json(["n": JSON(n)])
        }
        let first = await fake.call(tool, ["n": 1], host: host)
        #expect(first.structured == #"{"n":1,"session":"h1"}"#)
        #expect(
            first.texts == [
                #"{"n":1,"session":"h1"}"#,
                #"Session: h1 (pass it as "session" in later calls; it ends after 2 h without one)"#,
            ])
        let second = await fake.call(tool, ["n": 2, "session": "h1"], host: host)
        #expect(second == .init(texts: [#"{"n":2}"#], structured: #"{"n":2}"#, isError: false))
        let unknown = await fake.call(tool, ["n": 2, "session": "h9"], host: host)
        #expect(unknown.isError && unknown.texts[0].contains("is unknown or has ended"))
        // A wrong argument mints nothing, though the session is declared first.
        #expect(await fake.call(tool, ["n": "x"], host: host).isError)
        #expect(fake.with { $0.minted } == ["h1"])
        fake.end()
    }

    @Test func existingSessionIsNilWhereThereIsNone() async throws {
        let tool = Tool.inline("t", "d", .session(.existing)) { _, session in .text("\(session == nil)") }
        #expect(await fake.call(tool, [:], host: try fake.host).texts == ["true"])
        fake.end()
    }

    @Test func thrownErrorsBecomeToolErrors() async throws {
        let host = try fake.host
        let tool = Tool("t", "d") { _ in throw ToolError("no such file") }
        #expect(await fake.call(tool, [:], host: host) == .init(texts: ["no such file"], structured: "", isError: true))
        fake.end()
    }

    @Test func hostWithoutATableIsRefused() {
        var table = fake.table
        table.get_extension = { _, _ in nil }
        #expect(throws: AmbitError.self) { try HostRuntime(table, configuration: "{}") }
        fake.end()
    }
}
