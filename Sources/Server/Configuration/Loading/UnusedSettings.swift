/// Settings that were given to a program that has no use for them.
enum UnusedSettings {
    /// Only of a stdio server: commands that load plugins for themselves take next to none, and nobody expects them to.
    private static func unused(_ program: ProgramKind) -> [SettingDefinition] {
        program == .stdio ? SettingTable.all.filter { !$0.programs.contains(program) } : []
    }

    /// A line for each variable, which was most likely set for this very program.
    static func warnings(_ program: ProgramKind, _ environment: [String: String]) -> [String] {
        unused(program).filter { environment[$0.variable] != nil }.map { setting in
            "\(setting.variable) has no effect: '\(setting.name)' concerns HTTP, which `ambit \(program.rawValue)` does not speak"
        }
    }

    /// One line for the file, which may be there for several programs.
    static func note(_ program: ProgramKind, _ file: ConfigurationFile?) -> String? {
        guard let file else { return nil }
        let names = unused(program).compactMap(\.key).filter { file[$0] != nil }
        guard !names.isEmpty else { return nil }
        return "\(file.path): of no use for `ambit \(program.rawValue)`, which does not speak HTTP: \(names.joined(separator: ", "))"
    }
}
