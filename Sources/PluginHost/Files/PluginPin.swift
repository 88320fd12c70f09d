/// The hash that a plugin must have, as an operator writes it: `sha256:` and 64 hexadecimal digits (A14).
package struct PluginPin: Sendable, Equatable, CustomStringConvertible {
    let hex: String

    init(hex: String) { self.hex = hex }

    /// Nil where the text is no pin.
    package init?(_ text: String) {
        guard text.hasPrefix("sha256:") else { return nil }
        let digits = text.dropFirst(7).lowercased()
        guard digits.utf8.count == 64, digits.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        hex = digits
    }

    package var description: String { "sha256:\(hex)" }
}
