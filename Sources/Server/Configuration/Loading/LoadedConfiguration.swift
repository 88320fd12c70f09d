/// What flags, variables, file and defaults come to, for one program.
package struct LoadedConfiguration: Sendable {
    package let program: ProgramKind
    /// The file that was read.
    package let file: String?
    /// Where a file would be read that is not there.
    let missingFile: String?
    let settings: [ResolvedSetting]
    let plugins: [ResolvedPlugin]
    /// Each forbids to start.
    package internal(set) var problems: [ConfigurationProblem]
    package let warnings: [String]
    package let configuration: AmbitConfiguration
}
