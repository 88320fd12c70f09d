import Testing

@testable import MCP

struct InboundBatchTests {
    private static func batch(_ text: String) throws -> InboundBatch {
        guard case .batch(let batch) = try InboundFrame.parse(Array(text.utf8)).get() else {
            throw Rejection(.noBatches, id: nil, httpStatus: 0)
        }
        return batch
    }

    private static func outline(_ text: String) throws -> [String] {
        try batch(text).members().map { member in
            switch member {
            case .message(let inbound): "\(inbound.shape) \(inbound.method)\(inbound.id.map { " \($0)" } ?? "")"
            case .ignored: "ignored"
            case .refused(let rejection): "\(rejection.error.code)\(rejection.id.map { " \($0)" } ?? "")"
            }
        }
    }

    @Test func `each message is read by itself, and what is wrong with one is said of that one`() throws {
        let text = """
            [\(request("ping")), \(notification("notifications/initialized")), {"jsonrpc":"2.0","id":"s","result":{}}, 7, [], {},
             {"jsonrpc":"2.0","id":3,"method":7}, {"jsonrpc":"2.0","id":null,"method":"ping"}]
            """
        #expect(
            try Self.outline(text) == [
                "request ping 1", "notification notifications/initialized", "response  \"s\"", "-32600", "-32600", "-32600", "-32600 3",
                "-32600",
            ])
    }

    /// A notification that is refused is not answered either: its sender waits for nothing.
    @Test func `initialize and messages of another era do not belong into one`() throws {
        let text = "[\(initialize("2025-03-26")),\(modern("tools/list", id: "5")),\(notification("initialize"))]"
        #expect(try Self.outline(text) == ["-32600 1", "-32600 5", "ignored"])
    }

    @Test(arguments: [
        (ProtocolVersion.v2024_11_05, false), (.v2025_03_26, true), (.v2025_06_18, false), (.v2025_11_25, false),
    ])
    func `only sessions of 2025-03-26 have batches`(version: ProtocolVersion, isTaken: Bool) throws {
        let batch = try Self.batch("[\(request("ping"))]")
        for transport in [TransportFacts.stdio, .http(HTTPFacts(sessionID: "s"))] {
            let refusal = Admission.refusal(of: batch, over: transport, session: .live(session(version)), limit: 10)
            #expect((refusal == nil) == isTaken)
            #expect(isTaken || refusal?.error == .noBatches && refusal?.httpStatus == 400 && refusal?.id == nil)
        }
    }

    @Test func `without a live session it is refused as it would be anyway`() throws {
        let batch = try Self.batch("[\(request("ping"))]")
        func status(_ transport: TransportFacts, _ lookup: SessionLookup) -> String {
            Admission.refusal(of: batch, over: transport, session: lookup, limit: 10).map { "\($0.httpStatus) \($0.error.code)" } ?? "taken"
        }
        let live = SessionLookup.live(session(.v2025_03_26))
        #expect(status(.stdio, .none) == "400 -32600")
        #expect(status(.http(HTTPFacts()), .none) == "400 -32600")
        #expect(status(.http(HTTPFacts(sessionID: "s")), .unknown) == "404 -32001")
        #expect(status(.http(HTTPFacts(protocolVersion: ["2026-07-28"])), .none) == "400 -32600")
        #expect(status(.http(HTTPFacts(protocolVersion: ["2026-07-28"], sessionID: "s")), live) == "400 -32600")
        #expect(status(.http(HTTPFacts(protocolVersion: ["2025-06-18"], sessionID: "s")), live) == "taken")
    }

    @Test func `one without a message, or with too many, says so`() throws {
        func refusal(_ text: String) throws -> String? {
            try Admission.refusal(of: Self.batch(text), over: .stdio, session: .live(session(.v2025_03_26)), limit: 3)?.error.message
        }
        #expect(try refusal("[]") == "Invalid Request: an empty batch")
        #expect(try refusal("[1,2,3]") == nil)
        #expect(try refusal("[1,2,3,4]") == "Invalid Request: a batch of 4 messages; 3 are the most")
    }
}
