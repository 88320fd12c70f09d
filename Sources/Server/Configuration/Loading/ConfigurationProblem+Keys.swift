extension ConfigurationProblem {
    /// A key that is none, with the one that was probably meant.
    static func unknownKey(_ key: String, _ file: String, _ line: Int, near name: String, _ names: [String]) -> ConfigurationProblem {
        let nearest = NearestName.of(name, among: names).map { "did you mean '\($0)'?" }
        let hint = nearest ?? "there are: \(names.joined(separator: ", "))"
        return ConfigurationProblem("unknown key '\(key)' at \(place(file, line)); \(hint)")
    }
}
