/// What a rule finds wrong with the value of a setting. Where that value comes from is the loader's to say.
struct SettingProblem: Sendable, Equatable, CustomStringConvertible {
    let setting: String
    /// Which element of a list or mapping.
    let element: Int?
    /// What follows the name and the place: `needs 'tls-key'`.
    let text: String
    /// Settings that the rule has looked at as well: where one of them is wrong itself, this may be no problem.
    let others: [String]

    init(_ setting: String, element: Int? = nil, _ text: String, others: [String] = []) {
        self.setting = setting
        self.element = element
        self.text = text
        self.others = others
    }

    var description: String { "'\(setting)' \(text)" }
}
