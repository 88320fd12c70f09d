import ArgumentParser
import Server

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Serve MCP over HTTP until SIGTERM or SIGINT.")

    @Option(name: .long, help: ArgumentHelp("Address to listen on [AMBIT_HOST].", valueName: "127.0.0.1"))
    var host: String?

    @Option(name: .long, help: ArgumentHelp("Port to listen on, 0 for any that is free [AMBIT_PORT].", valueName: "7777"))
    var port: String?

    @Option(name: .long, help: ArgumentHelp("A session without activity for so long is closed [AMBIT_SESSION_IDLE].", valueName: "30m"))
    var sessionIdle: String?

    @Option(name: .long, help: ArgumentHelp("A further name of this server that Host may carry, name or name:port.", valueName: "name"))
    var allowedHost: [String] = []

    @Option(name: .long, help: ArgumentHelp("A page that may call this server, like https://app.example.", valueName: "origin"))
    var allowedOrigin: [String] = []

    @OptionGroup var shared: SharedOptions

    func run() throws {
        var configuration = try shared.configuration()
        configuration.limits.sessionIdle = try Setting.duration(
            sessionIdle, "AMBIT_SESSION_IDLE", configuration.limits.sessionIdle, flagName: "--session-idle")
        let level = try shared.level(standard: "info")
        let program = ServeProgram(
            configuration: configuration, host: Setting.text(host, "AMBIT_HOST", "127.0.0.1"),
            port: try Setting.number(port, "AMBIT_PORT", 7777, in: 0...65535, flagName: "--port"),
            allowedHosts: Setting.list(allowedHost, "AMBIT_ALLOWED_HOSTS"),
            allowedOrigins: Setting.list(allowedOrigin, "AMBIT_ALLOWED_ORIGINS"), level: level)
        program.run()
    }
}
