import AmbitPlugin
import AmbitPluginTesting
import Testing

/// The SDK's functions on the real host.
@Suite struct SDKOnHostTests {
    @Test func everythingOfAHandlerRunsOnThePluginsThreads() async throws {
        try await withTestHost(Probe.self, time: .machine) { host in
            guard case .object(let names)? = try await host.call("probe_threads").structured else {
                Issue.record("no names")
                return
            }
            for (place, name) in names.members {
                switch place {
                case "blocking": #expect(name == "probe-blocking", "\(place)")
                // The one way off the plugin's threads, and out of its scope: see docs/sdk.md.
                case "unstructured": #expect(name != "probe", "\(place)")
                default: #expect(name == "probe", "\(place)")
                }
            }
            #expect(names.members.count == 9)
        }
    }

    @Test func foldersAreThePluginsOwn() async throws {
        try await withTestHost(Probe.self) { host in
            let paths = try #require(try await host.call("probe_paths").structured)
            #expect(paths["state"]?.text.hasSuffix(#"/state/probe""#) == true, "\(paths.text)")
            #expect(paths["cache"]?.text.hasSuffix(#"/cache/probe""#) == true)
            #expect(paths["workspace"]?.text.hasSuffix(#"/workspace""#) == true)
        }
    }

    @Test func metricsAreDefinedOnce() async throws {
        try await withTestHost(Probe.self) { host in
            let result = try await host.call("probe_metrics")
            #expect(result.text.contains("calls_total") && !result.isError)
        }
    }

    @Test func toolsComeAndGoWithTheirScope() async throws {
        try await withTestHost(Probe.self) { host in
            let count = host.tools().count
            #expect(try await host.call("probe_offer", ["name": "extra"]).text == "offered")
            #expect(host.tools().count == count + 1)
            #expect(try await host.call("extra", ["n": 41]).text == "42")
            let again = try await host.call("probe_offer", ["name": "extra"])
            #expect(again.isError && again.text.contains("extra"))
            #expect(try await host.call("probe_offer", ["name": "gone_at_once"]).text == "removed")
            #expect(host.tools().count == count + 1)
            let session = try host.openSession()
            #expect(try await host.call("probe_offer", ["name": "own"], session: session).text == "offered")
            #expect(host.tools().count == count + 1 && host.tools(in: session).count == count + 2)
            #expect(try await host.call("own", ["n": 1], session: session).text == "2")
            await session.end()
            #expect(host.tools().count == count + 1)
        }
    }

    @Test func resultsAreWrittenInPieces() async throws {
        try await withTestHost(Probe.self) { host in
            let result = try await host.call("probe_pieces", ["pieces": 3])
            #expect(result.blocks == [.text("head 0 1 2 "), .image([1, 2, 3], mimeType: "image/png")])
            #expect(result.structured?.text == #"{"count":3,"list":[[0],[1],[2]]}"#)
            #expect(result.meta == ["k": 1])
            let failed = try await host.call("probe_pieces_fail")
            #expect(failed.isError && failed.texts == ["the other half is missing"])
        }
    }

    @Test func clientsAreAskedWhereTheyHaveAnswersAndOthersAreToldWhatTheyLack() async throws {
        let missing = TestCallError.failed(code: -32021, message: "Missing required client capability: elicitation")
        try await withTestHost(Probe.self) { host in
            try await host.expectNoLeaks {
                await #expect(throws: missing) { try await host.call("probe_ask") }
                let answered = TestClient(answers: ["name": ["action": "accept", "content": ["name": "Ada"]]])
                let accepted = try await host.call("probe_ask", client: answered)
                #expect(accepted.text == #"{"name":"Ada"}"#)
                let opens = TestClient(answers: ["page": ["action": "accept"]])
                #expect(try await host.call("probe_ask_page", client: opens).text == "open")
                let legacy = TestClient(era: .legacy, answers: ["name": ["action": "decline"]])
                let declined = try await host.call("probe_ask", client: legacy)
                #expect(declined.text == "no answer")
                for answers: [String: JSON] in [["other": [:]], ["name": ["action": "perhaps"]]] {
                    let wrong = try await host.call("probe_ask", client: TestClient(answers: answers))
                    #expect(wrong.isError)
                }
            }
        }
    }
}
