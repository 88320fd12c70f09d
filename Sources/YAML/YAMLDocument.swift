/// What was read of a text, and everything that is wrong with it.
package struct YAMLDocument {
    /// Nil for a text without a value.
    package var root: YAMLNode?
    /// In the order of the text.
    package var problems: [YAMLError] = []
    /// Whether it was read to its end: where not, the root has what came before.
    package var isWhole = true
}
