/// The host's log. Message and fields are only made when somebody reads that level.
///
///     host.log.info("indexed", ["lines": "\(count)"])
public struct Log: Sendable {
    let runtime: HostRuntime

    public func isEnabled(_ level: LogLevel) -> Bool {
        runtime.tables.log.enabled(runtime.handle, level.rawValue) != 0
    }

    public func log(
        _ level: LogLevel, _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        guard isEnabled(level) else { return }
        message().withAmbitText { text in
            let fields = fields()
            guard !fields.isEmpty else {
                runtime.tables.log.write(runtime.handle, level.rawValue, text, nil, 0)
                return
            }
            let arena = TextArena()
            let array = fields.map { ambit_log_field(key: arena.text($0.key), value: arena.text($0.value)) }
            runtime.tables.log.write(runtime.handle, level.rawValue, text, array, UInt64(array.count))
            withExtendedLifetime(arena) {}
        }
    }

    public func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        log(.debug, message(), fields())
    }

    public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        log(.info, message(), fields())
    }

    public func notice(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        log(.notice, message(), fields())
    }

    public func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        log(.warning, message(), fields())
    }

    public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        log(.error, message(), fields())
    }

    public func critical(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        log(.critical, message(), fields())
    }

    public func alert(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]) {
        log(.alert, message(), fields())
    }

    public func emergency(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, String> = [:]
    ) {
        log(.emergency, message(), fields())
    }
}
