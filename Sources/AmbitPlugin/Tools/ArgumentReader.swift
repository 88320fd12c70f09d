/// Reads the arguments of one call through the host, which has parsed them (A10).
struct ArgumentReader {
    enum Kind: Int32 {
        case null = 0
        case boolean = 1
        case number = 2
        case string = 3
        case array = 4
        case object = 5
    }

    let call: Call
    /// A session that this call minted: the result tells the client.
    private(set) var minted: Session?

    private static let root: ambit_value = 0
    private var table: ambit_host_value { call.host.runtime.tables.value }

    init(_ call: Call) { self.call = call }

    /// The argument of that name, or nil where there is none.
    func argument(_ name: String, nullIsAbsent: Bool) throws -> ambit_value? {
        var value: ambit_value = 0
        let status = Status(
            rawValue: name.withAmbitText { table.member(call.handle, ArgumentReader.root, $0, &value) })
        if status == .notFound { return nil }
        guard status == .ok else { throw ArgumentError.unreadable(status) }
        if nullIsAbsent, kind(value) == .null { return nil }
        return value
    }

    /// Refuses arguments that the tool does not have, so that a misspelt one is not silently without effect.
    func refuseUnknown(tool: Tool) throws {
        guard let names = tool.parameterNames else { return }
        for index in 0..<(try count(ArgumentReader.root)) {
            let key = try element(ArgumentReader.root, index).rawKey
            if names.contains(key) { continue }
            let name = JSON.unescape(key)
            if names.contains(name) { continue }
            throw ArgumentError.unknown(name, tool: tool.name, known: names)
        }
    }

    func kind(_ value: ambit_value) -> Kind? {
        var kind: Int32 = -1
        return table.kind(call.handle, value, &kind) == 0 ? Kind(rawValue: kind) : nil
    }

    func expect(_ kind: Kind, _ value: ambit_value, _ place: String, _ expected: String) throws {
        guard self.kind(value) == kind else {
            throw ArgumentError.unexpected(place, given: shown(value), expected: expected)
        }
    }

    func count(_ container: ambit_value) throws -> Int {
        var count: UInt64 = 0
        let status = Status(rawValue: table.count(call.handle, container, &count))
        guard status == .ok else { throw ArgumentError.unreadable(status) }
        return Int(clamping: count)
    }

    /// An element, or a member with its raw key (still escaped).
    func element(_ container: ambit_value, _ index: Int) throws -> (value: ambit_value, rawKey: String) {
        var value: ambit_value = 0
        var key = ambit_text()
        let status = Status(rawValue: table.at(call.handle, container, UInt64(index), &value, &key))
        guard status == .ok else { throw ArgumentError.unreadable(status) }
        return (value, String(key))
    }

    func string(_ value: ambit_value) throws -> String {
        // Most fit at once; for the others the host says how much room they need.
        var capacity = 120
        while true {
            var needed: UInt64 = 0
            var status = Status.ok
            let string = String(unsafeUninitializedCapacity: capacity) { buffer in
                let text = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
                status = Status(rawValue: table.string(call.handle, value, text, UInt64(buffer.count), &needed))
                return needed <= UInt64(buffer.count) && status == .ok ? Int(needed) : 0
            }
            if needed <= UInt64(capacity) {
                guard status == .ok else { throw ArgumentError.unreadable(status) }
                return string
            }
            // The host has said its last word when more room than it asked for is too little.
            guard capacity == 120, let next = Int(exactly: needed) else { throw ArgumentError.unreadable(status) }
            capacity = next
        }
    }

    /// nil: it is no integer, or too large for one.
    func integer(_ value: ambit_value) -> Int? {
        guard kind(value) == .number else { return nil }
        var integer: Int64 = 0
        return table.integer(call.handle, value, &integer) == 0 ? Int(integer) : nil
    }

    func number(_ value: ambit_value) -> Double? {
        guard kind(value) == .number else { return nil }
        var number: Double = 0
        return table.number(call.handle, value, &number) == 0 ? number : nil
    }

    func boolean(_ value: ambit_value) -> Bool? {
        guard kind(value) == .boolean else { return nil }
        var boolean: Int32 = 0
        return table.boolean(call.handle, value, &boolean) == 0 ? boolean != 0 : nil
    }

    /// All arguments, an object.
    var all: JSON {
        get throws { try json(ArgumentReader.root) }
    }

    /// The value with all its parts.
    func json(_ value: ambit_value) throws -> JSON {
        var raw = ambit_text()
        let status = Status(rawValue: table.raw(call.handle, value, &raw))
        guard status == .ok else { throw ArgumentError.unreadable(status) }
        return try JSON(parsing: String(raw))
    }

    /// The value as the client wrote it, short enough for a message.
    func shown(_ value: ambit_value) -> String {
        var raw = ambit_text()
        guard table.raw(call.handle, value, &raw) == 0 else { return "something else" }
        let text = String(raw)
        return text.unicodeScalars.count <= 60 ? text : String(text.prefix(57)) + "…"
    }

    mutating func mintSession(_ handle: String, idle: Duration?) throws -> Session {
        let idle = idle.map { max(1, $0.nanoseconds) } ?? 0
        let session = try call.session(given: handle) { info, error in
            handle.withAmbitText {
                call.host.runtime.tables.session.find_or_mint(call.handle, $0, idle, info, error)
            }
        }
        if session.isNew { minted = session }
        return session
    }

    func findSession(_ handle: String) throws -> Session? {
        do {
            return try call.session(given: handle) { info, error in
                handle.withAmbitText { call.host.runtime.tables.session.find(call.handle, $0, info, error) }
            }
        } catch {
            // (A `where` on a typed catch stops the 6.3.1 compiler.)
            if error.status == .notFound, handle.isEmpty { return nil }
            throw error
        }
    }
}
