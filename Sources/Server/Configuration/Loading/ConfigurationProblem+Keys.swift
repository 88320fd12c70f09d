extension ConfigurationProblem {
    /// A key that is none, with the one that was probably meant.
    static func unknownKey(_ key: String, _ file: String, _ line: Int, near name: String, _ names: [String]) -> ConfigurationProblem {
        let nearest = NearestName.of(name, among: names).map { "did you mean '\($0)'?" }
        let all = names.count > 12 ? "`ambit config init -` prints all there are" : "there are: \(names.joined(separator: ", "))"
        let hint = nearest ?? all
        return ConfigurationProblem("unknown key '\(key)' at \(place(file, line)); \(hint)", line: line)
    }
}
