import JSON

/// `ambit plugin list`.
package struct PluginListProgram {
    private let choice: ServerChoice
    private let json: Bool

    package init(choice: ServerChoice, json: Bool) {
        self.choice = choice
        self.json = json
    }

    /// Prints, exits; 1 when there is no server.
    package func run() -> Never {
        do {
            let listing = try ControlClient.ask(choice.requireControl(), ControlMessage.make("plugins"))
            Program.out(json ? listing.compact + [0x0A] : Array(PluginTable.text(listing).utf8))
        } catch {
            Program.fail("\(error)")
        }
        Program.exit(0)
    }
}
