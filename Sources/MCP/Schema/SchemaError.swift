/// Why a schema can't be used: where in it, what is wrong, how to mend it.
package struct SchemaError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A JSON Pointer in the schema as a URI fragment, such as `#/properties/port`; before it the URI of another document.
    package let path: String
    package let what: String
    package let howToMend: String

    init(_ path: String, _ what: String, _ howToMend: String) {
        self.path = path
        self.what = what
        self.howToMend = howToMend
    }

    package var description: String { howToMend.isEmpty ? "\(path): \(what)" : "\(path): \(what); \(howToMend)" }
}
