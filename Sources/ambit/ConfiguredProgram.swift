import Server

/// Which program's settings are flags of a command.
protocol ConfiguredProgram {
    static var kind: ProgramKind { get }
}

enum ServeSettings: ConfiguredProgram {
    static let kind = ProgramKind.serve
}

enum StdioSettings: ConfiguredProgram {
    static let kind = ProgramKind.stdio
}

enum ToolsSettings: ConfiguredProgram {
    static let kind = ProgramKind.tools
}
