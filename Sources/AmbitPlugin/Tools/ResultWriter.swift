/// Writes the result of a call piece by piece, for large ones: the handler then returns `.written()`. Where too much waits to be sent, each of these
/// waits for room, so that nothing grows.
///
/// Errors: `.overQuota` where the result has reached its limit of bytes, `CancellationError` when the call ends.
public struct ResultWriter: Sendable {
    let call: Call
    let table: ambit_host_result

    /// Begins a content block; what `content` holds is its first piece. The block before it ends.
    public func begin(_ content: Content) async throws {
        let arena = TextArena()
        var head = content.ambitContent(in: arena)
        try await send { table.begin(call.handle, &head, $0) }
        withExtendedLifetime(arena) {}
    }

    /// Appends to the text of the current block.
    public func text(_ piece: String) async throws {
        let piece = Array(piece.utf8)
        try await send { error in piece.withAmbitBytes { table.text(call.handle, $0, error) } }
    }

    /// Appends to the data of the current block.
    public func data(_ piece: [UInt8]) async throws {
        try await send { error in piece.withAmbitBytes { table.data(call.handle, $0, error) } }
    }

    /// An object of the structured content, or in it: `body` writes members, each a `key` and then its value.
    public func object(_ body: () async throws -> Void) async throws {
        try await send { table.begin_object(call.handle, $0) }
        try await body()
        try await send { table.end_object(call.handle, $0) }
    }

    /// A list of the structured content, or in it: `body` writes its elements.
    public func array(_ body: () async throws -> Void) async throws {
        try await send { table.begin_array(call.handle, $0) }
        try await body()
        try await send { table.end_array(call.handle, $0) }
    }

    /// The name of the member whose value comes next.
    public func key(_ key: String) async throws {
        try await send { error in key.withAmbitText { table.key(call.handle, $0, error) } }
    }

    /// A whole value: an element, the value of a member, or all of the structured content.
    public func value(_ value: JSON) async throws {
        let text = value.text
        try await send { error in text.withAmbitText { table.raw(call.handle, $0, error) } }
    }

    /// A whole value, encoded.
    public func value<Value: Encodable>(encoding value: Value) async throws {
        try await self.value(try JSON(encoding: value))
    }

    /// A member of an object: its name and a whole value.
    public func member(_ key: String, _ value: JSON) async throws {
        try await self.key(key)
        try await self.value(value)
    }

    private func send(_ piece: (UnsafeMutablePointer<ambit_error>) -> ambit_status) async throws {
        while true {
            do {
                return try AmbitError.check(piece)
            } catch {
                switch error.status {
                case .full: try await call.writable()
                case .closed, .cancelled, .staleHandle, .alreadyFinished: throw CancellationError()
                default: throw error
                }
            }
        }
    }
}

extension Call {
    /// Writes the result piece by piece. Throws `.unsupported` where the host doesn't take pieces.
    public var result: ResultWriter {
        get throws(AmbitError) {
            ResultWriter(call: self, table: try host.runtime.tables.offered(\.result, AMBIT_EXT_RESULT))
        }
    }
}
