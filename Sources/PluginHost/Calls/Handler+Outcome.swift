internal import JSON
internal import MCP

extension Handler {
    /// What a result means for a call of this kind. Refuses one that the kind can't have: it is the plugin's fault (A11, DIGEST 8.10).
    func outcome(of result: CallResult) throws(Refusal) -> CallOutcome {
        switch kind {
        case .tool: return .result(try toolResult(result))
        case .resource, .prompt, .completion:
            // Only tools can fail in a way that the model mends.
            if result.isError { return .failure(.internalError(result.text.isEmpty ? "\(kind.noun) '\(name)' failed" : result.text)) }
            if kind == .resource { try checkContents(result) }
            return .result(kind == .completion ? try completion(result) : result)
        }
    }

    private func toolResult(_ result: CallResult) throws(Refusal) -> CallResult {
        if let output = schemas?.output, !result.isError {
            guard let structured = result.structured else {
                throw .invalid("it has no structured content, though the tool declares an output schema")
            }
            if let failure = output.validate(structured) {
                throw .invalid("its structured content does not fit the output schema: \(failure)")
            }
        }
        guard let structured = result.structured, !result.content.contains(where: { $0.text != nil }) else { return result }
        var result = result
        result.content.insert(.text(String(decoding: structured.compact, as: UTF8.self)), at: 0)
        return result
    }

    /// Never empty: a resource that is not there is an error.
    private func checkContents(_ result: CallResult) throws(Refusal) {
        guard !result.content.isEmpty else {
            throw .invalid("it has no contents: fail with AMBIT_CODE_NO_RESOURCE where there is nothing to read")
        }
        guard result.content.allSatisfy({ $0.resource != nil }) else {
            throw .invalid("contents of a resource are embedded text or data")
        }
    }

    /// The values that a client may get: 100 at the most, and said so where there are more.
    private func completion(_ result: CallResult) throws(Refusal) -> CallResult {
        guard let given = result.structured, let values = given["values"], values.kind == .array,
            values.elements.allSatisfy({ $0.kind == .string })
        else { throw .invalid("the structured content of a completion is {\"values\":[…]}, all of them strings") }
        for (key, kind) in [("total", JSONValue.Kind.number), ("hasMore", .bool)] {
            if let value = given[key: key], value.kind != kind { throw .invalid("\(key) of a completion is no \(kind)") }
        }
        guard values.count > Self.maximalValues else { return result }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("values")
        writer.beginArray()
        for value in values.elements.prefix(Self.maximalValues) { writer.raw(value) }
        writer.endArray()
        writer.key("total")
        if let total = given["total"] { writer.raw(total) } else { writer.int(values.count) }
        writer.key("hasMore")
        writer.bool(true)
        writer.endObject()
        var cut = result
        cut.structured = .written(writer)
        return cut
    }

    /// DIGEST 1.13.
    private static let maximalValues = 100
}
