/// What runs when a call comes: it decodes the arguments, then works.
enum Handler: Sendable {
    /// Decodes, then gives the work to run as a task of the call's scope.
    case async(@Sendable (inout ArgumentReader) throws -> (@Sendable () async throws -> ToolResult))
    case inline(@Sendable (inout ArgumentReader) throws -> ToolResult)
    case blocking(@Sendable (inout ArgumentReader) throws -> ToolResult)

    /// For a handler that reads its call itself.
    init(_ body: @escaping @Sendable (Call) async throws -> ToolResult) {
        self = .async { reader in
            let call = reader.call
            return { try await body(call) }
        }
    }

    /// As the ABI has it.
    var execution: Int32 {
        switch self {
        case .async: Int32(AMBIT_TOOL_ASYNC)
        case .inline: Int32(AMBIT_TOOL_INLINE)
        case .blocking: Int32(AMBIT_TOOL_BLOCKING)
        }
    }
}

extension Call {
    /// Runs a handler. Every path ends the call exactly once (A9).
    func serve(_ handler: Handler, _ name: String, check: (inout ArgumentReader) throws -> Void = { _ in }) {
        var reader = ArgumentReader(self)
        do {
            try check(&reader)
            switch handler {
            case .inline(let body), .blocking(let body):
                let result = try body(&reader)
                finish(result.completed(minted: reader.minted))
            case .async(let body):
                let work = try body(&reader)
                let minted = reader.minted
                try scope.own(label: name, atEnd: .cancel) {
                    do {
                        finish(try await work().completed(minted: minted))
                    } catch {
                        finish(throwing: error, minted: minted)
                    }
                    return nil
                }
            }
        } catch {
            finish(throwing: error, minted: reader.minted)
        }
    }
}
