extension Scope {
    /// Opens a slot for one answer from elsewhere: a device, a web hook, another process.
    ///
    /// - Parameters:
    ///   - timeout: the slot ends with `.timedOut` after this long.
    ///   - target: the scope of whoever is to answer: the slot closes with it, too.
    public func reply(
        timeout: Duration, from target: Scope? = nil, label: String = "reply"
    ) throws(AmbitError) -> Reply {
        let table = try runtime.tables.offered(\.reply, AMBIT_EXT_REPLY)
        var options = ambit_reply_options()
        options.struct_size = UInt32(MemoryLayout<ambit_reply_options>.size)
        options.timeout_ns = max(1, timeout.nanoseconds)
        options.target = target?.handle ?? 0
        var reply: ambit_reply = 0
        var id = [CChar](repeating: 0, count: Int(AMBIT_REPLY_ID_CAPACITY))
        try AmbitError.check { error in
            label.withAmbitText { label in
                options.label = label
                return table.open(handle, &options, &reply, &id, error)
            }
        }
        let name = String(decoding: id.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return Reply(id: name, handle: reply, runtime: runtime, table: table)
    }
}

extension Host {
    /// Answers a reply slot. False: there is none of that id, or not any more; that is counted, and nothing else happens.
    @discardableResult
    public func resolve(id: String, payload: [UInt8]) throws(AmbitError) -> Bool {
        let table = try runtime.tables.offered(\.reply, AMBIT_EXT_REPLY)
        do throws(AmbitError) {
            try AmbitError.check { error in
                id.withAmbitText { id in
                    payload.withAmbitBytes { table.resolve(runtime.handle, id, $0, error) }
                }
            }
            return true
        } catch {
            if error.status == .notFound { return false }
            throw error
        }
    }

    /// Answers with a text: its UTF-8.
    @discardableResult
    public func resolve(id: String, payload: String) throws(AmbitError) -> Bool {
        try resolve(id: id, payload: Array(payload.utf8))
    }
}
