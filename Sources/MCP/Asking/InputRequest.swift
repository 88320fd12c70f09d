package import JSON

/// One question to a client. In modern it is a member of `inputRequests`, in legacy a request of the server's own.
package struct InputRequest: Sendable {
    /// Names the answer: unique among the questions of one call.
    package let key: String
    package let kind: AskKind
    /// An object: the params of that request, as the asker gave them.
    package let params: JSONValue
    /// What was wrong with the last answer to it; a person who is asked again is told.
    package var complaint: String?

    package init(key: String, kind: AskKind, params: JSONValue) {
        self.key = key
        self.kind = kind
        self.params = params
    }

    /// Whether it asks the person to open a URL; only the person's consent comes back.
    package var isURL: Bool { kind == .elicitation && params["mode"]?.isString("url" as StaticString) == true }

    /// Why this can't be asked in a request of this context; nil when it can.
    package func refusal(in context: RequestContext) -> AskRefusal? {
        switch kind {
        case .elicitation: ElicitationQuestion(params).refusal(in: context)
        case .sampling: SamplingQuestion(params).refusal(in: context)
        case .roots: context.client.declares("roots") ? nil : .missingCapability(name: "roots", required: #"{"roots":{}}"#)
        }
    }

    /// What is wrong with an answer; nil when it is what was asked for. Nothing of a wrong answer may be used.
    package func problem(withAnswer answer: JSONValue) -> String? {
        guard answer.kind == .object else { return "the answer to '\(key)' must be an object" }
        return switch kind {
        case .elicitation: ElicitationQuestion(params).problem(withAnswer: answer).map { "the answer to '\(key)': \($0)" }
        case .sampling: SamplingQuestion.problem(withAnswer: answer).map { "the answer to '\(key)': \($0)" }
        case .roots: Self.problem(withRoots: answer).map { "the answer to '\(key)': \($0)" }
        }
    }

    private static func problem(withRoots answer: JSONValue) -> String? {
        guard let roots = answer["roots"], roots.kind == .array else { return "roots must be an array" }
        for root in roots.elements where root["uri"]?.string?.hasPrefix("file://") != true {
            return "each root has a uri that begins with file://"
        }
        return nil
    }

    /// The params as a client of this version takes them.
    ///
    /// - Parameter elicitationID: names a URL that the person opens, where the version wants that (2025-11-25).
    func writeParams(to writer: inout JSONWriter, for version: ProtocolVersion, elicitationID: String?) {
        guard kind == .elicitation else { return writer.raw(params) }
        writer.beginObject()
        for (key, value) in params.members {
            // Before 2025-11-25 there was but one mode, and no name for it.
            if key.isString("mode" as StaticString), version < .v2025_11_25 { continue }
            if key.isString("elicitationId" as StaticString) { continue }
            if let complaint, key.isString("message" as StaticString) {
                writer.member("message", "\(value.string ?? "")\n\nThe last answer was not accepted: \(complaint).")
                continue
            }
            writer.key(escaping: key.string ?? "")
            writer.raw(value)
        }
        if isURL, version.era == .legacy { writer.member("elicitationId", elicitationID) }
        writer.endObject()
    }
}
