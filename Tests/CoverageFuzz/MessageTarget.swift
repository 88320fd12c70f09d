import JSON
import MCP

/// Messages: read, admitted in every situation, and read further by what serves them.
enum MessageTarget {
    private static let capabilities = ServerCapabilities(
        tools: .init(listChanged: true), resources: .init(subscribe: true, listChanged: true), prompts: .init(listChanged: true),
        completions: true, tasks: true, logging: true)

    static func run(_ bytes: [UInt8]) {
        switch InboundFrame.parse(bytes) {
        case .failure(let rejection): check(rejection)
        case .success(.message(let inbound)): admit(inbound)
        case .success(.batch(let batch)):
            for member in batch.members() {
                switch member {
                case .message(let inbound): admit(inbound)
                case .refused(let rejection): check(rejection)
                case .ignored: break
                }
            }
        }
    }

    private static func admit(_ inbound: Inbound) {
        let names = [inbound.params?["name"]?.string ?? inbound.params?["uri"]?.string].compactMap { $0 }
        let facts = HTTPFacts(protocolVersion: ["2026-07-28"], method: [inbound.method], name: names)
        for transport in [TransportFacts.stdio, .http(facts), .http(HTTPFacts(sessionID: "s"))] {
            for session in [SessionLookup.none, .unknown] {
                if case .reject(let rejection) = Admission.decide(inbound, over: transport, session: session, capabilities: capabilities) {
                    check(rejection)
                }
            }
        }
        if case .success(let call) = ToolCall.parse(inbound) {
            expect(call.arguments?.kind ?? .object == .object, "arguments are an object")
        }
        _ = ResourceRead.parse(inbound)
        _ = PromptGet.parse(inbound)
        _ = CompletionRequest.parse(inbound)
        _ = SetLevel.parse(inbound)
        _ = ListParameters.parse(inbound)
        _ = InputResponses.parse(inbound)
        if case .success(let filter) = SubscriptionFilter.parse(inbound) {
            expect(filter.resourceSubscriptions?.count ?? 0 <= SubscriptionFilter.maximalTexts, "a listen has an end")
        }
    }

    private static func check(_ rejection: Rejection) {
        expect((400...499).contains(rejection.httpStatus) || rejection.httpStatus == 200, "a refusal is the client's mistake")
        guard let answer = try? JSONDocument(rejection.bytes).root else { return expect(false, "an answer is JSON") }
        expect(answer["error"]?["message"]?.string?.isEmpty == false, "a refusal says why")
        expect(rejection.bytes.count < 16 << 10 || rejection.id != nil, "a refusal is short")
    }
}
