/// One setting: everything that flags, variables, the file, messages and documentation need to know of it.
package struct SettingDefinition: Sendable {
    /// Its key in the file. Variable and flag follow from it.
    package let name: String
    package let type: SettingType
    /// One sentence for people.
    package let summary: String
    package let programs: Set<ProgramKind>
    /// Without the dashes; of a list the singular.
    package let flag: String
    /// Nil where the file has something richer.
    package let key: String?
    let read: @Sendable (AmbitConfiguration) -> SettingValue
    let write: @Sendable (inout AmbitConfiguration, SettingValue) -> Void

    init(
        _ name: String, _ type: SettingType, _ summary: String, programs: Set<ProgramKind>, flag: String? = nil, isInFile: Bool = true,
        read: @escaping @Sendable (AmbitConfiguration) -> SettingValue,
        write: @escaping @Sendable (inout AmbitConfiguration, SettingValue) -> Void
    ) {
        self.name = name
        self.type = type
        self.summary = summary
        self.programs = programs
        self.flag = flag ?? name
        key = isInFile ? name : nil
        self.read = read
        self.write = write
    }

    /// Of the environment.
    package var variable: String {
        "AMBIT_" + String(name.map { $0 == "-" ? "_" : Character($0.uppercased()) })
    }

    /// Text of the default; it is that of the program's own structs.
    package func standard(for program: ProgramKind) -> String { read(AmbitConfiguration(for: program)).text }
}
