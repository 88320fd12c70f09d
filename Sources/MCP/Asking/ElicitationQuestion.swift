import JSON

/// The params of `elicitation/create`: a form of scalars, or a URL to open (DIGEST 1.9).
struct ElicitationQuestion {
    private let params: JSONValue

    init(_ params: JSONValue) { self.params = params }

    private var mode: String { params["mode"]?.string ?? "form" }

    private var hasMessage: Bool { params["message"]?.string?.isEmpty == false }
    private static let messageMissing = AskRefusal.malformed("an elicitation needs a message")

    func refusal(in context: RequestContext) -> AskRefusal? {
        guard context.version >= .v2025_06_18 else {
            return .version("clients of \(context.version.rawValue) can't be asked for input: that came with 2025-06-18")
        }
        switch mode {
        case "form":
            // An empty object means forms, which were all that there was at first.
            guard context.client.declares("elicitation", "form", orEmpty: true) else {
                // Who has named URLs alone has to name forms as well.
                return context.client.declares("elicitation", "url")
                    ? .missingCapability(name: "elicitation by form", required: #"{"elicitation":{"form":{}}}"#)
                    : .missingCapability(name: "elicitation", required: #"{"elicitation":{}}"#)
            }
            guard hasMessage else { return Self.messageMissing }
            guard let schema = params["requestedSchema"] else { return .malformed("an elicitation by form needs a requestedSchema") }
            return ElicitationSchema(schema).problem(for: context.version).map { $0.refusal(context.version) }
        case "url":
            guard context.version >= .v2025_11_25 else {
                return .version("clients of \(context.version.rawValue) can't be asked to open a URL: that came with 2025-11-25")
            }
            guard context.client.declares("elicitation", "url") else {
                return .missingCapability(name: "elicitation by URL", required: #"{"elicitation":{"url":{}}}"#)
            }
            guard hasMessage else { return Self.messageMissing }
            return Self.problem(withURL: params["url"]?.string).map { .malformed($0) }
        default: return .malformed("the mode of an elicitation is \"form\" or \"url\", not \"\(mode)\"")
        }
    }

    /// Whoever reads the link on the way can follow it: https, but for this machine, and no credentials in it.
    private static func problem(withURL url: String?) -> String? {
        guard let url else { return "an elicitation by URL needs a url" }
        let rest: Substring
        if url.hasPrefix("https://") {
            rest = url.dropFirst(8)
        } else if url.hasPrefix("http://") {
            rest = url.dropFirst(7)
        } else {
            return "the url of an elicitation begins with https://"
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return "the url of an elicitation is not a URL" }
        guard !authority.contains("@") else { return "the url of an elicitation must not carry credentials" }
        let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        guard url.hasPrefix("https://") || ["localhost", "127.0.0.1", "[::1]"].contains(String(host)) else {
            return "the url of an elicitation begins with https://, but for this machine"
        }
        return nil
    }

    func problem(withAnswer answer: JSONValue) -> String? {
        guard let action = answer["action"]?.string, ["accept", "decline", "cancel"].contains(action) else {
            return "action must be \"accept\", \"decline\" or \"cancel\""
        }
        guard action == "accept", mode == "form" else { return nil }
        guard let content = answer["content"], content.kind == .object else {
            return "content must be an object where action is \"accept\""
        }
        guard let schema = params["requestedSchema"], let compiled = try? Schema.compile(schema) else { return nil }
        // It may be private: the message does not quote it.
        return compiled.validate(content, showingValues: false).map { "content: \($0.message)" }
    }
}
