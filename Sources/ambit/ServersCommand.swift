import ArgumentParser
import Server

struct ServersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "servers", abstract: "List your running servers.")

    @Flag(name: .long, help: "As JSON.")
    var json = false

    func run() throws { ServersProgram(json: json).run() }
}
