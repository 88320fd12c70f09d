import AmbitPlugin
import AmbitPluginTesting
import Testing

/// The examples of docs/sdk.md do what the page says. `scripts/lint.py` sees to it that page and examples are the same.
@Suite struct DocumentedTests {
    @Test(
        arguments: [
            ("find", ["query": ["words": ["a", "b"]]], "2 found, best first"),
            ("find", ["query": ["words": []]], "words must not be empty"),
            (
                "find", ["query": ["words": "a"]],
                #"the arguments of 'find' are wrong: `query.words` must be an array, it is "a" (#/properties/query/properties/words/type)"#
            ),
            ("mark", ["x-color": "red"], "color: red"),
            (
                "mark", ["color": "red"],
                "the arguments of 'mark' are wrong: `color` is not allowed (#/additionalProperties)"
            ),
            ("watch", [:], "nothing new 499500"), ("try", [:], "1"), ("announce", [:], "it works"), ("approve", [:], "yes"),
            ("scratch", [:], "256 true"),
            ("measure", [:], "counted"),
        ] as [(String, JSON, String)])
    func examplesDoWhatTheySay(tool: String, arguments: JSON, text: String) async throws {
        try await withTestHost(Archive.self, configuration: ["folder": "/srv"]) { host in
            try await host.expectNoLeaks {
                let result = try await host.call(tool, arguments)
                #expect(result.text == text)
            }
        }
    }

    /// The launcher is built with the tests, but not under sanitizers.
    @Test(.enabled(if: Beside.has("ambit-launcher")))
    func processExamplesDoWhatTheySay() async throws {
        try await withTestHost(Archive.self, time: .machine) { host in
            let result = try await host.expectNoLeaks { try await host.call("count", ["text": "12345"]) }
            #expect(result.text == "5 0")
            let screen = try await host.expectNoLeaks { try await host.call("screen") }
            #expect(screen.text == "go\r\n50 132\r\n")
            let aside = try await host.expectNoLeaks { try await host.call("aside") }
            #expect(aside.text == "aside\n")
            let session = try host.openSession()
            let served = try await host.call("serve", session: session)
            #expect(served.text == "ready" && host.count(of: "process") == 1)
            await session.end()
            #expect(host.count(of: "process") == 0)
        }
    }

    @Test func sessionExamplesDoWhatTheySay() async throws {
        try await withTestHost(Archive.self) { host in
            let session = try host.openSession()
            let words = try await host.call("remember", ["word": "x"], session: session)
            let index = try await host.call("search", session: session)
            let door = try await host.call("open_door", session: session)
            #expect(words.text == "remembered" && index.text == "2 entries" && door.text == "there is a door now")
            let closed = try await host.call("close_door", session: session)
            #expect(closed.text == "closed")
            await session.end()
            await host.settle()
            #expect(host.log.contains { $0.contains("forgotten: completed") } && host.log.contains { $0.contains("index closed") })
            #expect(!host.tools().contains("close_door"))
        }
    }

    @Test func resourcesOfAnOwnKindDoWhatTheySay() async throws {
        try await withTestHost(Store.self) { host in
            let result = try await host.expectNoLeaks { try await host.call("store") }
            #expect(result.text == "stored")
        }
    }

    @Test func resourcesAndPromptsDoWhatTheySay() async throws {
        try await withTestHost(Library.self) { host in
            #expect(host.resources() == ["library://index", "library://pages/{page}"] && host.prompts() == ["review"])
            try await host.expectNoLeaks {
                let index = try await host.read("library://index")
                #expect(index.contents == [#"{"pages":["one","two"]}"#])
                #expect(try await host.read("library://pages/one").contents == ["This is page one."])
                let prompt = try await host.prompt("review", ["page": "two"])
                #expect(prompt.texts == ["Review page two.", "In which tone?", "kindly"])
                #expect(prompt.roles == [.user, .assistant, .user])
                #expect(try await host.complete("review", "page", "t") == ["two"])
                #expect(try await host.complete("review", "tone", "") == [])
                #expect(try await host.complete("library://pages/{page}", "page", "") == ["one", "two"])
            }
            await #expect(throws: TestCallError.failed(code: -32602, message: "Resource not found: library://pages/three")) {
                try await host.read("library://pages/three")
            }
            await #expect(throws: TestHostError.self) { try await host.prompt("review") }
            let session = try host.openSession()
            #expect(try await host.call("open_shelf", session: session).text == "open")
            #expect(try await host.read("library://shelf", session: session).contents == ["on the shelf"])
            #expect(!host.resources().contains("library://shelf"))
            await session.end()
        }
    }

    @Test func longResultsAndQuestionsDoWhatTheySay() async throws {
        try await withTestHost(Archive.self) { host in
            let dump = try await host.call("dump")
            #expect(dump.text.hasSuffix("line 1000\n") && dump.structured == ["lines": 1000])
            let client = TestClient(answers: ["name": ["action": "accept", "content": ["name": "attic"]]])
            #expect(try await host.call("rename", client: client).text == #"called {"name":"attic"}"#)
            let wrong = try await host.call("rename", client: TestClient(answers: ["other": [:]]))
            #expect(wrong.isError && wrong.text.contains("no answer to 'name'"))
            await #expect(throws: TestCallError.self) { try await host.call("rename") }
            #expect(try await host.call("archive").text == "packed")
        }
    }
}
