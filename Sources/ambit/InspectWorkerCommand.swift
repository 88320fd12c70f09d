import ArgumentParser
import Server

/// The process that looks at a plugin before the server loads it. Not for people: what it prints is for the server.
struct InspectWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "inspect-worker", shouldDisplay: false)

    @Argument var library: String

    func run() throws {
        InspectWorkerProgram(library: library).run()
    }
}
