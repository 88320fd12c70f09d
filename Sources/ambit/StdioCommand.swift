import ArgumentParser
import Server

struct StdioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stdio", abstract: "Serve MCP over stdin and stdout until stdin ends. Logs go to stderr.")

    @OptionGroup var shared: SharedOptions

    func run() throws {
        let configuration = try shared.configuration()
        StdioProgram(configuration: configuration, level: try shared.level(standard: "notice")).run()
    }
}
