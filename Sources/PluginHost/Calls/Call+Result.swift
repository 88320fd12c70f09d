internal import CAmbit
internal import JSON
internal import MCP
internal import Scopes

extension Call {
    /// `ambit_host_call.finish`. What the plugin got wrong in the result fails the call and names the plugin (A11).
    func finish(foreign result: UnsafePointer<ambit_result>?) throws(Refusal) {
        try finish { () throws(Refusal) in try CallResult(result) }
    }

    func finish(_ result: () throws(Refusal) -> CallResult) throws(Refusal) {
        try refuseSecond()
        let outcome: CallOutcome
        do throws(Refusal) {
            outcome = try handler.outcome(of: try result())
        } catch {
            let text = "the plugin '\(plugin.name)' gave a wrong result for the \(handler.kind.noun) '\(handler.name)': \(error.text)"
            plugin.services.log.write(
                .warning, plugin: nil, "a plugin gave a wrong result",
                [("plugin", plugin.name), ("kind", handler.kind.noun), ("name", handler.name), ("problem", error.text)])
            finish(.failure(.internalError(text)), Reason(.failed, by: plugin.name, text: text))
            throw error
        }
        let reason =
            if case .failure(let error) = outcome {
                Reason(.failed, by: plugin.name, text: error.message)
            } else {
                Reason(.completed, by: plugin.name)
            }
        if !finish(outcome, reason) { throw Self.finishedBefore }
    }

    /// `ambit_host_call.fail`.
    func fail(code: Int32, message: ambit_text, data: ambit_text) throws(Refusal) {
        try refuseSecond()
        let error: ProtocolError
        do throws(Refusal) {
            // The one code of the protocol's own that a handler may end with: the client lacks what it was to be asked for.
            if code == ProtocolError.Code.missingCapability,
                case .missingCapability(let name, let required)? = core.withLock({ $0.missing })
            {
                error = .missingCapability(name, required: required)
            } else if handler.kind == .resource, code == AMBIT_CODE_NO_RESOURCE {
                error = .unknownResource(arguments["uri"]?.string ?? "", request.context.era)
            } else {
                error = .custom(
                    code: try Self.checkCode(code), message: try message.string("message"),
                    data: try RawJSON.optional(data, "data"))
            }
        } catch {
            let text = "the plugin '\(plugin.name)' failed the \(handler.kind.noun) '\(handler.name)' in a wrong way: \(error.text)"
            finish(.failure(.internalError(text)), Reason(.failed, by: plugin.name, text: text))
            throw error
        }
        if !finish(.failure(error), Reason(.failed, by: plugin.name, text: error.message)) { throw Self.finishedBefore }
    }

    static let finishedBefore = Refusal(.alreadyFinished, "the call has ended before: nothing was sent (A9)")

    private func refuseSecond() throws(Refusal) {
        guard isFinished else { return }
        scope.runtime.ledger.count("calls.late")
        throw Self.finishedBefore
    }

    /// Codes of JSON-RPC's reserved range belong to the protocol, but for the two that a handler may mean.
    private static func checkCode(_ code: Int32) throws(Refusal) -> Int {
        if (-32768 ... -32000).contains(code), code != -32602, code != -32603 {
            throw .invalid("code \(code) is reserved by JSON-RPC: use -32602, -32603 or one outside -32768 to -32000")
        }
        return Int(code)
    }
}

extension CallResult {
    fileprivate init(_ pointer: UnsafePointer<ambit_result>?) throws(Refusal) {
        let result = try Structs.read(pointer, "result")
        var content: [Content] = []
        var roles: [Role] = []
        if result.content_count > 0 {
            guard let items = result.content, result.content_count <= 65_536 else {
                throw .invalid("result.content is NULL, or has more than 65536 items")
            }
            content.reserveCapacity(Int(result.content_count))
            for index in 0..<Int(result.content_count) { try content.append(Self.block(items[index], &roles, index)) }
        }
        self.init(
            content: content, roles: roles, structured: try RawJSON.optional(result.structured, "result.structured"),
            isError: result.is_error != 0, meta: try RawJSON.optionalObject(result.meta, "result.meta"),
            description: try result.description.optionalString("result.description"))
    }

    private static func block(
        _ pointer: UnsafePointer<ambit_content>?, _ roles: inout [Role], _ index: Int
    ) throws(Refusal) -> Content {
        let item = try Structs.read(pointer, "result.content[]")
        let head = try ContentHead(item)
        head.note(index, in: &roles)
        return head.hasText
            ? head.content(text: try item.text.string("content.text"), data: [])
            : head.content(text: "", data: try item.data.array("content.data"))
    }
}
