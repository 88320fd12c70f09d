internal import CAmbit
internal import MCP

/// `ambit.log/1`.
enum LogExtension {
    /// Fields of one record.
    private static let maximalFields: UInt64 = 64

    static var table: ambit_host_log {
        var table = ambit_host_log()
        table.enabled = { host, level in
            guard let instance = HandleTable.shared.object(host, .host, as: PluginInstance.self) else { return 0 }
            return instance.services.log.enabled(LogExtension.level(level)) ? 1 : 0
        }
        table.write = { host, level, message, fields, count in
            guard let instance = HandleTable.shared.object(host, .host, as: PluginInstance.self) else { return }
            LogExtension.write(instance, LogExtension.level(level), message, fields, count)
        }
        return table
    }

    /// Unknown levels are tolerated (A2): what is above emergency is one.
    private static func level(_ raw: Int32) -> LogLevel { LogLevel(rawValue: Int(max(0, min(raw, 7)))) ?? .info }

    private static func write(
        _ instance: PluginInstance, _ level: LogLevel, _ message: ambit_text, _ fields: UnsafePointer<ambit_log_field>?,
        _ count: UInt64
    ) {
        guard instance.services.log.enabled(level) else { return }
        // A record is never refused: what is not UTF-8 is shown as well as it can be.
        func text(_ text: ambit_text) -> String {
            guard let bytes = try? text.bytes("text") else { return "" }
            return String(decoding: bytes, as: UTF8.self)
        }
        var pairs: [(String, String)] = []
        if let fields {
            for index in 0..<Int(min(count, maximalFields)) { pairs.append((text(fields[index].key), text(fields[index].value))) }
        }
        instance.services.log.write(level, plugin: instance.name, text(message), pairs)
    }
}
