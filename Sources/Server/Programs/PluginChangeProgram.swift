import JSON

/// `ambit plugin enable|disable|restart`.
package struct PluginChangeProgram {
    package enum Change: String { case enable, disable, restart }

    private let choice: ServerChoice
    private let change: Change
    private let name: String

    /// Closing a plugin and starting it again have deadlines of their own; this one is for a server that hangs.
    private static let seconds: Int64 = 120

    package init(choice: ServerChoice, change: Change, name: String) {
        self.choice = choice
        self.change = change
        self.name = name
    }

    /// Prints what became of it, exits; 1 when there is no server, no such plugin, or it could not be started.
    package func run() -> Never {
        let request = ControlMessage.make("plugin-\(change.rawValue)") { writer in
            writer.key("name")
            writer.string(name)
        }
        do {
            let result = try ControlClient.ask(choice.requireControl(), request, seconds: Self.seconds)
            let facts =
                "\(result["name"]?.string ?? name): \(result["state"]?.string ?? ""), generation \(result["generation"]?.int64 ?? 0)"
            Program.out(Array("\(facts): \(result["text"]?.string ?? "")\n".utf8))
            if let report = result["closed"]?.string { Program.say(report) }
        } catch {
            Program.fail("\(error)")
        }
        Program.exit(0)
    }
}
