import JSON
import Testing

@testable import MCP

/// The values of `subscriptions/listen` (DIGEST 1.10).
struct SubscriptionTests {
    private let encoder = MessageEncoder(version: .v2026_07_28, server: ServerInfo(name: "host", version: "0.1.0"))

    private func parse(_ notifications: String) throws -> Result<SubscriptionFilter, ProtocolError> {
        SubscriptionFilter.parse(try inbound(modern("subscriptions/listen", params: notifications)))
    }

    @Test func `every type can be asked for, and what is not known is left out`() throws {
        let all =
            #""notifications":{"toolsListChanged":true,"promptsListChanged":false,"resourcesListChanged":true,"resourceSubscriptions":["a://b"],"x":1}"#
        let filter = try parse(all).get()
        #expect(filter.toolsListChanged && !filter.promptsListChanged && filter.resourcesListChanged)
        #expect(filter.resourceSubscriptions == ["a://b"])
        #expect(try parse(#""notifications":{}"#).get() == SubscriptionFilter())
    }

    @Test(arguments: [
        "", #""notifications":null"#, #""notifications":[]"#, #""notifications":true"#,
        #""notifications":{"toolsListChanged":"true"}"#, #""notifications":{"promptsListChanged":1}"#,
        #""notifications":{"resourcesListChanged":null}"#, #""notifications":{"resourceSubscriptions":"a"}"#,
        #""notifications":{"resourceSubscriptions":["a://b",1]}"#, #""notifications":{"resourceSubscriptions":["no uri"]}"#,
        #""notifications":{"resourceSubscriptions":[""]}"#, #""notifications":{"resourceSubscriptions":{}}"#,
    ])
    func `a malformed filter is -32602`(_ notifications: String) throws {
        guard case .failure(let error) = try parse(notifications) else {
            Issue.record("accepted: \(notifications)")
            return
        }
        #expect(error.code == -32602)
    }

    /// What a listen keeps as long as it lives has an end, in numbers and in bytes.
    @Test func `a filter has bounds, and says everything once`() throws {
        func filter(_ uris: [String], tasks: [String] = []) throws -> Result<SubscriptionFilter, ProtocolError> {
            func list(_ texts: [String]) -> String { texts.map { "\"\($0)\"" }.joined(separator: ",") }
            return try parse(#""notifications":{"resourceSubscriptions":[\#(list(uris))],"taskIds":[\#(list(tasks))]}"#)
        }
        func isRefused(_ result: Result<SubscriptionFilter, ProtocolError>) -> Bool {
            if case .failure(let error) = result { error.code == -32602 && error.message.contains("a listen has at most") } else { false }
        }
        let many = (1...SubscriptionFilter.maximalTexts).map { "a://\($0)" }
        #expect(try filter(many + many).get().resourceSubscriptions == many)
        #expect(try isRefused(filter(many + ["a://x"])))
        let long = (1...32).map { "a://\($0)/" + String(repeating: "x", count: 8000) }
        #expect(try filter(long).get().resourceSubscriptions == long)
        #expect(try isRefused(filter(long + ["b://" + String(repeating: "x", count: 8000)])))
        // Both lists together.
        #expect(try isRefused(filter(long, tasks: [String(repeating: "x", count: 8000)])))
    }

    @Test func `only what is offered is honoured`() throws {
        var filter = SubscriptionFilter()
        filter.toolsListChanged = true
        filter.promptsListChanged = true
        filter.resourcesListChanged = true
        filter.resourceSubscriptions = ["a"]
        let tools = filter.honoured(by: ServerCapabilities(tools: .init(listChanged: true), resources: .init()))
        #expect(tools.toolsListChanged && !tools.promptsListChanged && !tools.resourcesListChanged)
        #expect(tools.resourceSubscriptions == nil)
        let resources = filter.honoured(by: ServerCapabilities(resources: .init(subscribe: true, listChanged: true)))
        #expect(!resources.toolsListChanged && resources.resourcesListChanged && resources.resourceSubscriptions == ["a"])
        // Nothing is honoured that was not asked for.
        #expect(SubscriptionFilter().honoured(by: everything) == SubscriptionFilter())
    }

    @Test func `a filter wants what it names, and what lies below a resource`() {
        var filter = SubscriptionFilter()
        filter.promptsListChanged = true
        filter.resourceSubscriptions = ["test://a", "test://d/"]
        let wanted: [ServerEvent] = [.promptsListChanged] + ["test://a", "test://a/b", "test://d/e"].map { .resourceUpdated(uri: $0) }
        let others: [ServerEvent] =
            [.toolsListChanged, .resourcesListChanged] + ["test://ab", "test://", "test://d", "x"].map { .resourceUpdated(uri: $0) }
        for event in wanted { #expect(filter.wants(event), "\(event)") }
        for event in others { #expect(!filter.wants(event), "\(event)") }
    }

    @Test(arguments: [("7", RequestID.integer(7)), (#""7""#, .string("7"))])
    func `every frame names its listen by an id of the same type`(_ id: String, _ value: RequestID) {
        var filter = SubscriptionFilter()
        filter.toolsListChanged = true
        let meta = #""_meta":{"io.modelcontextprotocol/subscriptionId":\#(id)"#
        #expect(
            text(encoder.acknowledged(filter, subscription: value))
                == #"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"notifications":{"toolsListChanged":true},\#(meta)}}}"#
        )
        #expect(
            text(encoder.event(.toolsListChanged, subscription: value))
                == #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{\#(meta)}}}"#)
        #expect(
            text(encoder.event(.resourceUpdated(uri: "a"), subscription: value))
                == #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"a",\#(meta)}}}"#)
        #expect(
            text(encoder.listenResult(id: value))
                == #"{"jsonrpc":"2.0","id":\#(id),"result":{"resultType":"complete",\#(meta),"io.modelcontextprotocol/serverInfo":{"name":"host","version":"0.1.0"}}}}"#
        )
        #expect(
            text(encoder.listenCancelled(id: value, reason: "r"))
                == #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id),"reason":"r",\#(meta)}}}"#)
    }

    @Test func `legacy events name no listen`() {
        let legacy = MessageEncoder(version: .v2025_11_25, server: ServerInfo(name: "host", version: "0.1.0"))
        #expect(text(legacy.event(.promptsListChanged)) == #"{"jsonrpc":"2.0","method":"notifications/prompts/list_changed"}"#)
        #expect(
            text(legacy.event(.resourceUpdated(uri: "a")))
                == #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"a"}}"#)
    }

    @Test func `listen is modern, and there only with something to listen to`() {
        #expect(everything.serves(.listen, .modern))
        #expect(!everything.serves(.listen, .legacy))
        #expect(!ServerCapabilities(tools: .init(listChanged: false), logging: true).serves(.listen, .modern))
        #expect(ServerCapabilities(resources: .init(subscribe: true)).serves(.listen, .modern))
    }
}
