import ArgumentParser
import Server

struct ToolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools", abstract: "Print the tools with their parameters.",
        discussion: """
            Of the running server; of this process, which loads the plugins for it, where no server is running, --local is given, or \
            plugins are named.
            """)

    @OptionGroup var options: ToolOptions

    @Flag(name: .long, help: "As JSON, with the whole schemas.")
    var json = false

    func run() throws { ToolsProgram(place: try options.place(), json: json).run() }
}
