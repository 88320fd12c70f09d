/// A setting with the value that is in force.
struct ResolvedSetting: Sendable {
    let definition: SettingDefinition
    let value: SettingValue
    let source: SettingSource
    /// Whether a part of it came from `${file:}` or `${env:}`.
    let isSecret: Bool
    let standard: String

    /// For people: secrets are masked.
    var text: String { isSecret ? SecretMask.replacement : value.text }
    var isChanged: Bool { value.text != standard }
}
