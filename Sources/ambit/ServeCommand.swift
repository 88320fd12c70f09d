import ArgumentParser
import Server

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Serve MCP over HTTP until SIGTERM or SIGINT.")

    @OptionGroup var settings: SettingOptions<ServeSettings>

    func run() throws {
        let (configuration, level) = ConfigurationProgram.load(.serve, settings.sources)
        ServeProgram(configuration: configuration, level: level).run()
    }
}
