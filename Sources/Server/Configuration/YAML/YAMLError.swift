/// Why a text is not read as YAML.
struct YAMLError: Error, Equatable {
    /// 0: of the whole text.
    let line: Int
    let text: String
}
