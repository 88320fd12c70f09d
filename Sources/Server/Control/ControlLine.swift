import JSON

/// What the control socket says, one line each: any number of events, then a result or an error (docs/control.md).
enum ControlLine {
    static let version = 1

    static func event(_ value: some Sequence<UInt8>) -> [UInt8] { line("event") { $0.raw(value) } }

    static func result(_ value: some Sequence<UInt8>) -> [UInt8] { line("result") { $0.raw(value) } }

    static func result(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
        line("result") { writer in
            writer.beginObject()
            write(&writer)
            writer.endObject()
        }
    }

    static func error(_ error: ControlError) -> [UInt8] {
        line("error") { writer in
            writer.beginObject()
            writer.key("code")
            writer.string(error.code.rawValue)
            writer.key("message")
            writer.string(error.message)
            if let code = error.rpcCode {
                writer.key("rpcCode")
                writer.int(Int(code))
            }
            writer.endObject()
        }
    }

    private static func line(_ key: StaticString, _ value: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.key("version")
        writer.int(version)
        writer.key(key)
        value(&writer)
        writer.endObject()
        return writer.bytes
    }
}
