/// A wrong argument: which, what was given, what is expected. It becomes a tool error, which the model can mend.
struct ArgumentError: Error, Equatable, CustomStringConvertible {
    let description: String

    static func missing(_ name: String, _ type: JSON) -> ArgumentError {
        var text = "Argument \"\(name)\" is missing"
        if case .string(let type) = type { text += ": \(type == "integer" || type == "array" ? "an" : "a") \(type) is required" }
        return ArgumentError(description: text + ".")
    }

    static func unexpected(_ place: String, given: String, expected: String) -> ArgumentError {
        ArgumentError(description: "Argument \"\(place)\": expected \(expected), got \(given).")
    }

    static func notOneOf(_ place: String, given: String, _ values: [String]) -> ArgumentError {
        var text = "Argument \"\(place)\": expected one of \(quoted(values)), got \(JSON.string(given).text)"
        if let near = nearest(given, values) { text += "; did you mean \"\(near)\"?" } else { text += "." }
        return ArgumentError(description: text)
    }

    static func undecodable(_ place: String, _ failure: JSONDecodingFailure) -> ArgumentError {
        let separator = failure.path.isEmpty || failure.path.hasPrefix("[") ? "" : "."
        let isMissing = failure.problem == "is missing"
        return ArgumentError(
            description: "Argument \"\(place)\(separator)\(failure.path)\"\(isMissing ? " " : ": ")\(failure.problem).")
    }

    static func unknown(_ name: String, tool: String, known: [String]) -> ArgumentError {
        var text = "Unknown argument \"\(name)\""
        if let near = nearest(name, known) { text += "; did you mean \"\(near)\"?" } else { text += "." }
        text += known.isEmpty ? " \(tool) takes no arguments." : " \(tool) takes \(quoted(known))."
        return ArgumentError(description: text)
    }

    /// The host would not show an argument: the call has ended, or the two disagree about the ABI.
    static func unreadable(_ status: Status) -> ArgumentError {
        ArgumentError(description: "The arguments can't be read: the host answered \(status).")
    }

    private static func quoted(_ names: [String]) -> String {
        names.map { "\"\($0)\"" }.joined(separator: ", ")
    }
}
