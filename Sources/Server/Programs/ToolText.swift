import JSON

/// What a tool says, for people.
enum ToolText {
    /// Content blocks, each with a line break at its end. What is not text is named.
    static func result(_ result: JSONValue) -> String {
        var text = ""
        for block in result["content"]?.elements.map({ $0 }) ?? [] {
            let part = Self.block(block)
            text += part.hasSuffix("\n") ? part : part + "\n"
        }
        return text
    }

    private static func block(_ block: JSONValue) -> String {
        let type = block["mimeType"]?.string ?? block["resource"]?["mimeType"]?.string ?? "unknown type"
        switch block["type"]?.string {
        case "text": return block["text"]?.string ?? ""
        case "resource":
            if let text = block["resource"]?["text"]?.string { return text }
            return "[\(block["resource"]?["uri"]?.string ?? "resource"), \(type), \(size(block["resource"]?["blob"]))]"
        case "resource_link": return "[\(block["name"]?.string ?? "resource"): \(block["uri"]?.string ?? "")]"
        default: return "[\(block["type"]?.string ?? "content"), \(type), \(size(block["data"]))]"
        }
    }

    /// Of what is written in base64.
    private static func size(_ data: JSONValue?) -> String { "\((data?.utf8.count ?? 0) / 4 * 3) bytes" }

    /// One line for a notification of MCP.
    static func event(_ notification: JSONValue) -> String {
        let params = notification["params"]
        switch notification["method"]?.string {
        case "notifications/progress":
            let progress = params?["progress"]?.numberText ?? "?"
            let total = params?["total"]?.numberText.map { "/\($0)" } ?? ""
            return "[\(progress)\(total)] \(params?["message"]?.string ?? "")"
        case "notifications/message":
            let data = params?["data"]
            let text = data?.string ?? data.map { String(decoding: $0.compact, as: UTF8.self) } ?? ""
            let logger = params?["logger"]?.string.map { "\($0): " } ?? ""
            return "\(params?["level"]?.string ?? "log") \(logger)\(text)"
        default: return String(decoding: notification.compact, as: UTF8.self)
        }
    }
}
