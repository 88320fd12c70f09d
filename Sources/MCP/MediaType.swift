/// A media type with its parameters, all in lower case but the parameters' values.
package struct MediaType: Sendable, Equatable {
    package let type: String
    package let subtype: String
    package let parameters: [String: String]

    package init?(_ text: String) {
        let parts = HeaderList.split(text, by: UInt8(ascii: ";"))
        let names = parts[0].lowercased().split(separator: "/", omittingEmptySubsequences: false)
        guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else { return nil }
        type = String(names[0])
        subtype = String(names[1])
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            var value = part[part.index(after: equals)...]
            if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
            parameters[part[..<equals].lowercased()] = String(value)
        }
        self.parameters = parameters
    }

    /// `type/subtype` in lower case.
    package var essence: String { "\(type)/\(subtype)" }

    /// `application/json`, in UTF-8 if it says a charset.
    package var isJSON: Bool {
        guard essence == "application/json" else { return false }
        return parameters["charset"].map { $0.lowercased() == "utf-8" } ?? true
    }
}
