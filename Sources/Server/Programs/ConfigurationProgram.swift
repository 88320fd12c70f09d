import Logging

/// What every program does with its configuration before it starts.
package enum ConfigurationProgram {
    /// The configuration and its log level. Warnings go to stderr; what is wrong ends the process, each in a line, status 1.
    package static func load(_ program: ProgramKind, _ sources: ConfigurationSources) -> (AmbitConfiguration, LogThreshold) {
        var loaded = ConfigurationLoader.load(program, sources)
        if program == .serve { loaded.add(NamedFiles.certificates(loaded.configuration.tls)) }
        for warning in loaded.warnings { Program.say("ambit: warning: \(warning)") }
        for problem in loaded.problems { Program.say("ambit: \(problem)") }
        guard loaded.problems.isEmpty, let level = LogThreshold(loaded.configuration.logLevel) else { Program.exit(1) }
        if level.level <= .info, let note = UnusedSettings.note(program, loaded.file) { Program.say("ambit: \(note)") }
        return (loaded.configuration, level)
    }
}
