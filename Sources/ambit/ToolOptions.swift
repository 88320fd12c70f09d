import ArgumentParser
import Server

/// Where tools come from: a running server, or this process.
struct ToolOptions: ParsableArguments {
    @OptionGroup var server: ServerOptions

    @Flag(name: .long, help: "Load the plugins in this process, whatever servers are running.")
    var local = false

    @OptionGroup var settings: SettingOptions<ToolsSettings>

    func validate() throws { _ = try place() }

    func place() throws -> ToolPlace {
        // Who names plugins means those, not a server's.
        if local || settings.isGiven("plugins") || settings.isGiven("default-plugins") || settings.file != nil {
            guard !server.isGiven else { throw ValidationError("plugins are loaded in this process, or a server is named: not both") }
            return .local(settings.sources)
        }
        return server.isGiven ? .server(try server.choice()) : .serverOrLocal(settings.sources)
    }
}
