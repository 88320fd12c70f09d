import ArgumentParser
import Server

struct StdioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stdio", abstract: "Serve MCP over stdin and stdout until stdin ends. Logs go to stderr.")

    @OptionGroup var settings: SettingOptions<StdioSettings>

    func run() throws {
        let (configuration, level) = ConfigurationProgram.load(.stdio, settings.sources)
        StdioProgram(configuration: configuration, level: level).run()
    }
}
