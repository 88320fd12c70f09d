internal import AmbitPlugin

/// What a page tells, as lines of output.
enum BrowserText {
    /// The arguments of a call of `console`.
    static func console(_ arguments: [JSON]) -> String { arguments.map(value).joined(separator: " ") }

    /// A value of the page: text as it is, objects by what is known of them.
    static func value(_ remote: JSON) -> String {
        if let text = remote["value"]?.string { return text }
        if let preview = remote["preview"], let members = preview["properties"]?.array, remote["subtype"]?.string != "error" {
            let isList = preview["subtype"]?.string == "array"
            var parts = members.map { member in
                let text = member["value"]?.string ?? member["type"]?.string ?? ""
                let shown = member["type"]?.string == "string" ? "\"\(text)\"" : text
                return isList ? shown : "\(member["name"]?.string ?? ""): \(shown)"
            }
            if preview["overflow"] == true { parts.append("…") }
            return isList ? "[\(parts.joined(separator: ", "))]" : "{\(parts.joined(separator: ", "))}"
        }
        if let text = remote["unserializableValue"]?.string ?? remote["description"]?.string { return text }
        return remote["value"]?.text ?? remote["type"]?.string ?? ""
    }

    /// An exception, as the drivers of the other languages describe it.
    static func exception(_ details: JSON, limit: Int) -> JSON {
        let thrown = details["exception"]
        let isError = thrown?["subtype"]?.string == "error"
        let whole = thrown.map(value) ?? details["text"]?.string ?? ""
        let type = isError ? thrown?["className"]?.string ?? "Error" : thrown?["type"]?.string ?? "Error"
        let firstLine = whole.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? ""
        let message = firstLine.hasPrefix("\(type): ") ? String(firstLine.dropFirst(type.count + 2)) : firstLine
        return exception(type, message, traceback: String(whole.prefix(limit)))
    }

    static func exception(_ type: String, _ message: String, traceback: String? = nil) -> JSON {
        ["type": .string(type), "message": .string(message), "traceback": .string(traceback ?? "\(type): \(message)")]
    }
}
