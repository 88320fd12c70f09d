import ArgumentParser
import Server

struct ToolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools", abstract: "Load the plugins and print their tools with their parameters.")

    @OptionGroup var shared: SharedOptions

    func run() throws {
        let configuration = try shared.configuration()
        ToolsProgram(configuration: configuration, level: try shared.level(standard: "warning")).run()
    }
}
