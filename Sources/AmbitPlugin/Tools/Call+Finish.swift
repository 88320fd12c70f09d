extension Call {
    /// Ends the call with a result (A9). The host's status changes nothing: a call that has ended already takes none, and a result that is
    /// wrong ends the call too, with an error that names the plugin (A11).
    func finish(_ result: ToolResult) {
        var error = ambit_error()
        error.struct_size = UInt32(MemoryLayout<ambit_error>.size)
        if result.isWritten, let table = host.runtime.tables.result {
            finishWritten(result, table, &error)
        } else {
            _ = send(result, &error)
        }
    }

    /// Ends a result that was written piece by piece; of `result` only what the call's end has to add is left to send.
    private func finishWritten(
        _ result: ToolResult, _ table: ambit_host_result, _ error: UnsafeMutablePointer<ambit_error>
    ) {
        let arena = TextArena()
        for content in result.content {
            var head = content.ambitContent(in: arena)
            _ = table.begin(handle, &head, error)
        }
        _ = table.finish(handle, result.isError ? 1 : 0, arena.text(result.meta?.text ?? ""), error)
        withExtendedLifetime(arena) {}
    }

    /// What the host calls the reason why a client can't be asked (ask.h): MCP's code for it.
    private static let missingCapability: Int64 = -32021

    /// A session that the call minted ends with it: what failed leaves nothing that the client would have to know of.
    func finish(throwing error: any Error, minted: Session?) {
        // Refused only where it has ended already.
        if let handle = minted?.handle { try? release(session: handle) }
        if let failure = error as? CallFailure { return fail(failure) }
        if let refused = error as? AmbitError, refused.status == .unsupported, refused.detail == Call.missingCapability {
            return refused.text.withAmbitText { text in
                _ = host.runtime.tables.call.fail(handle, Int32(Call.missingCapability), text, ambit_text(), nil)
            }
        }
        finish(ToolResult.error(error is CancellationError ? "cancelled" : "\(error)"))
    }

    private func fail(_ failure: CallFailure) {
        var error = ambit_error()
        error.struct_size = UInt32(MemoryLayout<ambit_error>.size)
        let arena = TextArena()
        _ = host.runtime.tables.call.fail(
            handle, failure.code, arena.text(failure.message), arena.text(failure.data?.text ?? ""), &error)
        withExtendedLifetime(arena) {}
    }

    private func send(_ result: ToolResult, _ error: UnsafeMutablePointer<ambit_error>) -> ambit_status {
        let table = host.runtime.tables.call
        var header = ambit_result()
        header.struct_size = UInt32(MemoryLayout<ambit_result>.size)
        header.is_error = result.isError ? 1 : 0
        header.content_count = UInt64(result.content.count)
        // By far the most results are one text: nothing is copied for them.
        if result.content.count == 1, case .text(let text) = result.content[0].kind, result.structured == nil,
            result.meta == nil, result.content[0].annotations == nil, result.content[0].meta == nil
        {
            return text.withAmbitText { text in
                var content = ambit_content()
                content.struct_size = UInt32(MemoryLayout<ambit_content>.size)
                content.kind = Int32(AMBIT_CONTENT_TEXT)
                content.text = text
                return withUnsafePointer(to: &content) { content in
                    var first: UnsafePointer<ambit_content>? = content
                    return withUnsafePointer(to: &first) { first in
                        header.content = first
                        return table.finish(handle, &header, error)
                    }
                }
            }
        }
        let arena = TextArena()
        let content = result.content.map { content -> UnsafePointer<ambit_content>? in
            UnsafePointer(arena.copy(content.ambitContent(in: arena)))
        }
        header.content = arena.array(content)
        if let structured = result.structured { header.structured = arena.text(structured.text) }
        if let meta = result.meta { header.meta = arena.text(meta.text) }
        if let description = result.description { header.description = arena.text(description) }
        let status = table.finish(handle, &header, error)
        withExtendedLifetime(arena) {}
        return status
    }
}
