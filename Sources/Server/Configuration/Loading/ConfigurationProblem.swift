/// Something wrong with a configuration: what, where, and what is expected. One line.
package struct ConfigurationProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    init(_ text: String) {
        description = String(text.map { $0.isNewline ? " " : $0 })
    }

    /// " at ambit.yaml:3", or nothing for a problem of the whole file.
    static func place(_ file: String, _ line: Int) -> String { line > 0 ? "\(file):\(line)" : file }
}
