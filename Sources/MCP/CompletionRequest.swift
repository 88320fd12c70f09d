package import JSON

/// The parameters of `completion/complete`.
package struct CompletionRequest: Sendable {
    package enum Reference: Sendable, Equatable {
        case prompt(String)
        /// A URI or a template.
        case resource(String)
    }

    package let reference: Reference
    /// Name of the argument or variable.
    package let argument: String
    /// What the handler gets: `ref`, `argument` and `context`, as the client sent them.
    package let arguments: JSONValue

    package static func parse(_ inbound: Inbound) -> Result<CompletionRequest, ProtocolError> {
        guard let params = inbound.params, let ref = params["ref"], ref.kind == .object else {
            return .failure(.invalidParams("ref must be an object"))
        }
        let reference: Reference
        switch ref["type"]?.string {
        case "ref/prompt":
            guard let name = ref["name"]?.string else { return .failure(.invalidParams("ref.name must be a string")) }
            reference = .prompt(name)
        case "ref/resource":
            guard let uri = ref["uri"]?.string else { return .failure(.invalidParams("ref.uri must be a string")) }
            reference = .resource(uri)
        default: return .failure(.invalidParams("ref.type must be \"ref/prompt\" or \"ref/resource\""))
        }
        guard let argument = params["argument"], let name = argument["name"]?.string, argument["value"]?.string != nil else {
            return .failure(.invalidParams("argument must be an object with the strings name and value"))
        }
        let context = params["context"]
        if let context {
            let known = context["arguments"]
            guard context.kind == .object, known == nil || known?.kind == .object,
                known?.members.contains(where: { $0.value.kind != .string }) != true
            else { return .failure(.invalidParams("context.arguments must be an object of strings")) }
        }
        var writer = JSONWriter(reserving: 128 + ref.raw.count + argument.raw.count + (context?.raw.count ?? 0))
        writer.beginObject()
        writer.member("ref", ref)
        writer.member("argument", argument)
        writer.member("context", context)
        writer.endObject()
        return .success(CompletionRequest(reference: reference, argument: name, arguments: .written(writer)))
    }
}
