/// Something wrong with a configuration: what, where, and what is expected. One line.
package struct ConfigurationProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String
    /// In the file; 0: of the file as a whole; nil: where it comes from has no lines.
    let line: Int?

    init(_ text: String, line: Int? = nil) {
        description = String(text.map { $0.isNewline ? " " : $0 })
        self.line = line
    }

    /// "ambit.yaml:3", or only the file for a problem of the whole file.
    static func place(_ file: String, _ line: Int) -> String { line > 0 ? "\(file):\(line)" : file }
}

extension [ConfigurationProblem] {
    /// In the order of the file's lines; what is not of the file comes last, in the order in which it was found.
    var inOrder: [ConfigurationProblem] {
        let order = enumerated().sorted { ($0.element.line ?? .max, $0.offset) < ($1.element.line ?? .max, $1.offset) }
        return order.map(\.element)
    }
}
