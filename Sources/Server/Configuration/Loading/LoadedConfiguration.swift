/// What flags, variables, file and defaults come to, for one program.
package struct LoadedConfiguration: Sendable {
    package let program: ProgramKind
    let location: ConfigurationLocation
    /// Nil where there is none, or none that can be read.
    let file: ConfigurationFile?
    /// Whether all is known that a file says: it was read to its end, or there is none to read.
    let isWhole: Bool
    let settings: [ResolvedSetting]
    let plugins: [ResolvedPlugin]
    /// Each forbids to start. In the order of the file.
    package private(set) var problems: [ConfigurationProblem]
    package let warnings: [String]
    package let configuration: AmbitConfiguration

    init(
        _ program: ProgramKind, _ location: ConfigurationLocation, _ file: ConfigurationFile?, isWhole: Bool,
        settings: [ResolvedSetting], plugins: [ResolvedPlugin], problems: [ConfigurationProblem], warnings: [String],
        configuration: AmbitConfiguration
    ) {
        self.program = program
        self.location = location
        self.file = file
        self.isWhole = isWhole
        self.settings = settings
        self.plugins = plugins
        self.problems = problems.inOrder
        self.warnings = warnings
        self.configuration = configuration
    }

    /// Where a file would be read that is not there.
    var missingFile: String? {
        if file == nil, isWhole, case .user(let path) = location { path } else { nil }
    }

    mutating func add(_ found: [ConfigurationProblem]) { problems = (problems + found).inOrder }

    /// What rules have found, with the places where the values come from. What may only follow from another problem is left out.
    mutating func add(_ found: [SettingProblem]) {
        let states = Dictionary(uniqueKeysWithValues: settings.map { ($0.definition.name, $0.state) })
        add(
            found.compactMap { problem -> ConfigurationProblem? in
                guard ([problem.setting] + problem.others).allSatisfy({ states[$0] ?? .inForce == .inForce }) else { return nil }
                return place(problem)
            })
    }

    private func place(_ problem: SettingProblem) -> ConfigurationProblem {
        var source = settings.first { $0.definition.name == problem.setting }?.source ?? .standard
        var line: Int?
        if let file, case .file(let path, _) = source {
            let found = file.line(of: problem.setting, element: problem.element)
            (source, line) = (.file(path, line: found), found)
        }
        return ConfigurationProblem("'\(problem.setting)' (\(source)) \(SecretMask.mask(problem.text))", line: line)
    }
}
