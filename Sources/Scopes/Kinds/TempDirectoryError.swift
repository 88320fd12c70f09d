/// A temporary directory could not be made.
package struct TempDirectoryError: Error, Sendable, CustomStringConvertible {
    package let base: String
    /// 0: the scope is closing.
    package let errorNumber: Int32
    package let text: String

    package var description: String { "no temporary directory can be made in \(base): \(text)" }
}
