import JSON

/// `ambit log-level`.
package struct LogLevelProgram {
    private let choice: ServerChoice
    private let level: String?

    package init(choice: ServerChoice, level: String?) {
        self.choice = choice
        self.level = level
    }

    /// Prints the level that holds now, exits; 1 when there is no server or no such level.
    package func run() -> Never {
        let request = ControlMessage.make("log-level") { writer in
            guard let level else { return }
            writer.key("level")
            writer.string(level)
        }
        do {
            let result = try ControlClient.ask(choice.requireControl(), request)
            Program.out(Array("\(result["level"]?.string ?? "")\n".utf8))
        } catch {
            Program.fail("\(error)")
        }
        Program.exit(0)
    }
}
