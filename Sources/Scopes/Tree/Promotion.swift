/// A resource moved to a scope that lives longer (S11). For the log.
package struct Promotion: Sendable {
    package let kind: String
    package let label: String
    /// Paths.
    package let from: String
    package let to: String
    /// Label of the plugin scope in which it moved.
    package let plugin: String
}
