import JSON

/// The params of `sampling/createMessage` (DIGEST 1.9).
struct SamplingQuestion {
    private let params: JSONValue

    init(_ params: JSONValue) { self.params = params }

    func refusal(in context: RequestContext) -> AskRefusal? {
        guard context.client.declares("sampling") else { return .missingCapability(name: "sampling", required: #"{"sampling":{}}"#) }
        if params["tools"] != nil || params["toolChoice"] != nil {
            guard context.version >= .v2025_11_25 else {
                return .version("clients of \(context.version.rawValue) give their model no tools: that came with 2025-11-25")
            }
            guard context.client.declares("sampling", "tools") else {
                return .missingCapability(name: "sampling with tools", required: #"{"sampling":{"tools":{}}}"#)
            }
        }
        if let scope = params["includeContext"]?.string, scope != "none", context.version >= .v2025_11_25,
            !context.client.declares("sampling", "context")
        {
            return .missingCapability(name: "sampling with context", required: #"{"sampling":{"context":{}}}"#)
        }
        return problem.map { .malformed($0) }
    }

    private var problem: String? {
        guard let messages = params["messages"], messages.kind == .array, messages.count > 0 else { return "messages must be a list" }
        guard let most = params["maxTokens"]?.int64, most > 0 else { return "maxTokens must be a whole number above 0" }
        var open: Set<String> = []
        for message in messages.elements {
            guard let role = message["role"]?.string, role == "user" || role == "assistant" else {
                return "the role of a message is \"user\" or \"assistant\""
            }
            guard let content = message["content"], content.kind == .object || content.kind == .array else {
                return "a message needs content"
            }
            let blocks = content.kind == .array ? Array(content.elements) : [content]
            let results = blocks.filter { $0["type"]?.isString("tool_result" as StaticString) == true }
            guard results.isEmpty || (role == "user" && results.count == blocks.count) else {
                return "a message with tool results is the user's and holds nothing else"
            }
            for result in results {
                guard let id = result["toolUseId"]?.string, open.remove(id) != nil else {
                    return "a tool result answers a tool use of the message before it"
                }
            }
            guard open.isEmpty else { return "each tool use is answered in the next message" }
            for block in blocks where block["type"]?.isString("tool_use" as StaticString) == true {
                if let id = block["id"]?.string { open.insert(id) }
            }
        }
        return nil
    }

    static func problem(withAnswer answer: JSONValue) -> String? {
        guard let role = answer["role"]?.string, role == "user" || role == "assistant" else {
            return "role must be \"user\" or \"assistant\""
        }
        guard answer["model"]?.kind == .string else { return "model must be a string" }
        guard let content = answer["content"], content.kind == .object || content.kind == .array else {
            return "content must be a block or a list of them"
        }
        return nil
    }
}
