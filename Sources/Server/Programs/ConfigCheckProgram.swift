/// `ambit config check`.
package struct ConfigCheckProgram {
    private let program: ProgramKind
    private let sources: ConfigurationSources
    private let json: Bool

    package init(program: ProgramKind, sources: ConfigurationSources, json: Bool) {
        self.program = program
        self.sources = sources
        self.json = json
    }

    /// Prints every value with its source, and exits; 1 when something is wrong.
    package func run() -> Never {
        let loaded = ConfigurationLoader.load(program, sources)
        let report = ConfigurationReport(loaded)
        Program.out(json ? report.json : Array(report.text.utf8))
        if !json {
            for warning in loaded.warnings { Program.say("ambit: warning: \(warning)") }
            for problem in loaded.problems { Program.say("ambit: \(problem)") }
        }
        Program.exit(loaded.problems.isEmpty ? 0 : 1)
    }
}
