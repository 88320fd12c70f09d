/// Why a text is not read as YAML.
package struct YAMLError: Error, Equatable {
    /// 0: of the whole text.
    package let line: Int
    package let text: String
}
