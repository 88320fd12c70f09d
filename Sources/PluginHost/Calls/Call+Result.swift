internal import CAmbit
internal import JSON
internal import MCP
internal import Scopes

extension Call {
    /// `ambit_host_call.finish`. What the plugin got wrong in the result fails the call and names the plugin (A11).
    func finish(foreign result: UnsafePointer<ambit_result>?) throws(Refusal) {
        try refuseSecond()
        let value: ToolResult
        do throws(Refusal) {
            value = try ToolResult(result)
        } catch {
            let text = "the plugin '\(plugin.name)' gave a wrong result for '\(tool.definition.name)': \(error.text)"
            finish(.failure(.internalError(text)), Reason(.failed, by: plugin.name, text: text))
            throw error
        }
        if !finish(.result(value), Reason(.completed, by: plugin.name)) { throw Self.finishedBefore }
    }

    /// `ambit_host_call.fail`.
    func fail(code: Int32, message: ambit_text, data: ambit_text) throws(Refusal) {
        try refuseSecond()
        let error: ProtocolError
        do throws(Refusal) {
            error = .custom(
                code: try Self.checkCode(code), message: try message.string("message"),
                data: try RawJSON.optional(data, "data"))
        } catch {
            let text = "the plugin '\(plugin.name)' failed '\(tool.definition.name)' in a wrong way: \(error.text)"
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

extension ToolResult {
    fileprivate init(_ pointer: UnsafePointer<ambit_result>?) throws(Refusal) {
        let result = try Structs.read(pointer, "result")
        var content: [Content] = []
        if result.content_count > 0 {
            guard let items = result.content, result.content_count <= 65_536 else {
                throw .invalid("result.content is NULL, or has more than 65536 items")
            }
            content.reserveCapacity(Int(result.content_count))
            for index in 0..<Int(result.content_count) { content.append(try Content(items[index])) }
        }
        self.init(
            content: content, structured: try RawJSON.optional(result.structured, "result.structured"),
            isError: result.is_error != 0, meta: try RawJSON.optionalObject(result.meta, "result.meta"))
    }
}

extension Content {
    fileprivate init(_ pointer: UnsafePointer<ambit_content>?) throws(Refusal) {
        let item = try Structs.read(pointer, "result.content[]")
        let block: Content
        switch Int(item.kind) {
        case AMBIT_CONTENT_TEXT: block = .text(try item.text.string("content.text"))
        case AMBIT_CONTENT_IMAGE:
            block = .image(data: try item.data.array("content.data"), mimeType: try item.mime_type.string("content.mime_type"))
        case AMBIT_CONTENT_AUDIO:
            block = .audio(data: try item.data.array("content.data"), mimeType: try item.mime_type.string("content.mime_type"))
        case AMBIT_CONTENT_LINK:
            block = .resourceLink(
                ResourceLink(
                    uri: try Self.uri(item), name: try item.text.string("content.text"),
                    mimeType: try item.mime_type.optionalString("content.mime_type")))
        case AMBIT_CONTENT_EMBEDDED_TEXT:
            block = .resource(
                EmbeddedResource(
                    uri: try Self.uri(item), mimeType: try item.mime_type.optionalString("content.mime_type"),
                    body: .text(try item.text.string("content.text"))))
        case AMBIT_CONTENT_EMBEDDED_DATA:
            block = .resource(
                EmbeddedResource(
                    uri: try Self.uri(item), mimeType: try item.mime_type.optionalString("content.mime_type"),
                    body: .blob(try item.data.array("content.data"))))
        default: throw .invalid("content.kind is \(item.kind), which this host does not know")
        }
        let annotations = try RawJSON.optionalObject(item.annotations, "content.annotations")
        let meta = try RawJSON.optionalObject(item.meta, "content.meta")
        self = annotations == nil && meta == nil ? block : .annotated(block, annotations: annotations, meta: meta)
    }

    private static func uri(_ item: ambit_content) throws(Refusal) -> String {
        let uri = try item.uri.string("content.uri")
        guard !uri.isEmpty else { throw .invalid("content.uri is empty") }
        return uri
    }
}
