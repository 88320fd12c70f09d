extension Call {
    /// Asks the client several things at once, and waits for the answers, in the order asked. Where the client answers in a later request, the
    /// host suspends the call meanwhile; the handler sees one question and one answer either way.
    ///
    /// Throws `.unsupported` where the client, or the host as it serves this call, takes no such question; be ready for that, clients differ.
    public func ask(_ questions: [Question]) async throws -> [Answer] {
        try Task.checkCancellation()
        let table = try host.runtime.tables.offered(\.ask, AMBIT_EXT_ASK)
        let answers = Completion<[Answer]>()
        let context = Unmanaged.passRetained(answers)
        let arena = TextArena()
        let items = questions.map { question -> UnsafePointer<ambit_ask_item>? in
            UnsafePointer(
                arena.copy(
                    ambit_ask_item(
                        struct_size: UInt32(MemoryLayout<ambit_ask_item>.size), kind: question.kind.rawValue,
                        key: arena.text(question.key), params: arena.text(question.parameters.text))))
        }
        do {
            try AmbitError.check { error in
                table.ask(
                    handle, arena.array(items), UInt64(items.count), context.toOpaque(),
                    { context, answers, count in
                        guard let context else { return }
                        Unmanaged<Completion<[Answer]>>.fromOpaque(context).takeRetainedValue()
                            .resolve(.success((0..<Int(clamping: count)).compactMap { answers?[$0].map { Answer($0.pointee) } }))
                    }, error)
            }
        } catch {
            context.release()
            throw error.asWaitError
        }
        withExtendedLifetime(arena) {}
        return try await answers.value()
    }

    /// Asks one thing; gives the result of that request in MCP.
    public func ask(_ question: Question) async throws -> JSON {
        guard let answer = try await ask([question]).first else { throw AmbitError(.failed, "the host gave no answer") }
        return try answer.result
    }

    /// Asks the person. `key` is the same each time the handler is run.
    public func elicit(_ key: String, _ message: String, schema: JSON) async throws -> Elicitation {
        try Elicitation(try await ask(.elicitation(key, message, schema: schema)))
    }

    /// Asks the person to open a page.
    public func elicit(_ key: String, _ message: String, url: String) async throws -> Elicitation {
        try Elicitation(try await ask(.elicitation(key, message, url: url)))
    }

    /// Asks for the folders that the client works in.
    public func roots(_ key: String = "roots") async throws -> [Root] {
        try Root.list(try await ask(.roots(key)))
    }
}
