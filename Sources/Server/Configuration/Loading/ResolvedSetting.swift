/// A setting with the value that is in force.
struct ResolvedSetting: Sendable {
    enum State: Sendable {
        case inForce
        /// Somebody has said something that can't be it: `value` is the default, which is not what was meant.
        case wrong
        /// The file was not understood to its end.
        case unknown
    }

    let definition: SettingDefinition
    let value: SettingValue
    let source: SettingSource
    /// Whether a part of it came from `${file:}` or `${env:}`.
    let isSecret: Bool
    let standard: String
    var state = State.inForce

    /// For people: secrets are masked, and what is not in force is not shown.
    var text: String { state == .inForce ? isSecret ? SecretMask.replacement : value.text : "?" }
    /// The same, whose value is not what was meant.
    func refused(_ state: State, by source: SettingSource) -> ResolvedSetting {
        ResolvedSetting(definition: definition, value: value, source: source, isSecret: isSecret, standard: standard, state: state)
    }

    var isChanged: Bool { state == .inForce && value.text != standard }
}
