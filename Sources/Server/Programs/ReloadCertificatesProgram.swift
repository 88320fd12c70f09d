/// `ambit reload-certificates`.
package struct ReloadCertificatesProgram {
    private let choice: ServerChoice

    package init(choice: ServerChoice) { self.choice = choice }

    /// Exits; 1 when there is no server, or when something could not be read.
    package func run() -> Never {
        do {
            _ = try ControlClient.ask(choice.requireControl(), ControlMessage.make("reload-certificates") { _ in })
        } catch {
            Program.fail("\(error)")
        }
        Program.exit(0)
    }
}
