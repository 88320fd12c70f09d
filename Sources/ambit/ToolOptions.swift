import ArgumentParser
import Server

/// Where tools come from: a running server, or this process.
struct ToolOptions: ParsableArguments {
    @OptionGroup var server: ServerOptions

    @Flag(name: .long, help: "Load the plugins in this process, whatever servers are running.")
    var local = false

    @OptionGroup var shared: SharedOptions

    func place() throws -> ToolPlace {
        let level = try shared.level(standard: "warning")
        // Who names plugins means those, not a server's.
        if local || !shared.plugin.isEmpty || shared.noDefaultPlugins {
            guard !server.isGiven else { throw ValidationError("plugins are loaded in this process, or a server is named: not both") }
            return .local(try shared.configuration(), level)
        }
        if server.isGiven { return .server(try server.choice()) }
        return .serverOrLocal(try shared.configuration(), level)
    }
}
