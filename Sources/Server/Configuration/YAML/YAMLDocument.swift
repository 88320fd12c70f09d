/// What was read of a text, and everything that is wrong with it.
struct YAMLDocument {
    /// Nil for a text without a value.
    var root: YAMLNode?
    /// In the order of the text.
    var problems: [YAMLError] = []
    /// Whether it was read to its end: where not, the root has what came before.
    var isWhole = true
}
