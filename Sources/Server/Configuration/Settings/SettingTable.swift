import Transport

/// Every setting. Flags, variables, the file, `ambit config` and the documentation are made from this list, and there is no other.
/// Defaults are those of the structs that the settings set.
package enum SettingTable {
    package static let groups = [listening, plugins, sessions, connections, logging]

    package static let all: [SettingDefinition] = groups.flatMap(\.settings)

    package static func settings(for program: ProgramKind) -> [SettingDefinition] {
        all.filter { $0.programs.contains(program) }
    }

    private static let http: Set<ProgramKind> = [.serve]
    private static let servers: Set<ProgramKind> = [.serve, .stdio]
    private static let everywhere: Set<ProgramKind> = [.serve, .stdio, .tools]

    private static let listening = SettingGroup(
        title: "Listening",
        settings: [
            .text("host", \.host, "Address to listen on.", for: http),
            .integer("port", \.port, 0...65535, "Port to listen on; 0 takes a free one.", for: http),
            .list(
                "allowed-hosts", \.allowedHosts, flag: "allowed-host",
                "Further names of this server that Host may carry, as name or name:port.", for: http),
            .list(
                "allowed-origins", \.allowedOrigins, flag: "allowed-origin", "Pages that may call this server, like https://app.example.",
                for: http),
        ])

    private static let plugins = SettingGroup(
        title: "Plugins",
        settings: [
            .toggle("default-plugins", \.defaultPlugins, "Load the plugins that ship.", for: everywhere),
            .list(
                "plugins", \.pluginPaths, flag: "plugin", separator: ":", isInFile: false,
                "Plugins to load, in addition to those of the file and those that ship.", for: everywhere),
        ])

    private static let sessions = SettingGroup(
        title: "Sessions and calls",
        settings: [
            .duration(
                "session-idle", \.limits.sessionIdle, milliseconds: 100...604_800_000,
                "A session without activity for so long ends, with all that it owns.", for: http),
            .duration(
                "detach-grace", \.limits.detachGrace, milliseconds: 0...3_600_000,
                "How long a legacy call goes on after its client is gone.", for: servers),
            .duration(
                "plugin-wait", \.limits.readiness, milliseconds: 100...600_000,
                "How long requests wait for the plugins to be loaded at start.", for: servers),
            .integer("max-sessions", \.limits.sessions, 1...1_000_000, "Sessions of all clients.", for: http),
            .integer("max-calls", \.limits.calls, 1...1_000_000, "Calls that run at once, of all clients.", for: servers),
            .number("call-rate", \.limits.callRate, 0.01...1e9, "Calls of one tool in a second, of all clients.", for: servers),
            .number("call-burst", \.limits.callBurst, 1...1e9, "Calls of one tool that may come at once.", for: servers),
            .integer(
                "page-size", \.limits.pageSize, 1...100_000, "Entries on a page of a list of tools, resources or prompts.", for: servers),
        ])

    private static let connections = SettingGroup(
        title: "Connections",
        settings: [
            .integer("max-connections", \.streamLimits.connections, 1...1_000_000, "Connections at once.", for: http),
            .integer("max-streams", \.limits.streams, 1...1_000_000, "Open session streams of all clients.", for: http),
            .integer("max-streams-per-session", \.limits.streamsPerSession, 1...10_000, "Open streams of one session.", for: http),
            .integer(
                "max-pipelined", \.streamLimits.pipelined, 1...10_000, "Requests of one connection that are read ahead of their turn.",
                for: http),
            .bytes("max-body", \.streamLimits.body, 1024...(1 << 30), "Size of one request.", for: servers),
            .bytes("max-header", \.streamLimits.headerBytes, 1024...(1 << 20), "Size of the head of a request.", for: http),
            .integer("max-header-fields", \.streamLimits.headerFields, 8...10_000, "Fields in the head of a request.", for: http),
            .integer(
                "max-queue-messages", \.streamLimits.queueItems, 4...1_000_000, "Messages that wait for one client before more are held.",
                for: servers),
            .bytes(
                "max-queue", \.streamLimits.queueBytes, 4096...(1 << 30), "Bytes that wait for one client before more are held.",
                for: servers),
            .duration(
                "write-deadline", \.streamLimits.writeDeadline, milliseconds: 100...3_600_000,
                "A client that takes nothing for so long, while something waits for it, is dropped.", for: servers),
            .duration(
                "read-deadline", \.streamLimits.readDeadline, milliseconds: 100...3_600_000,
                "How long a client may take to send a request.", for: http),
            .duration(
                "connection-idle", \.streamLimits.idle, milliseconds: 100...86_400_000,
                "A kept connection without a request for so long is closed.", for: http),
            .duration(
                "keep-alive", \.streamLimits.keepAlive, milliseconds: 100...3_600_000,
                "A response without a byte for so long becomes a stream, and a stream gets a comment.", for: http),
            .duration(
                "linger", \.streamLimits.linger, milliseconds: 0...60_000,
                "How long the rest of a request is read after it was refused.", for: http),
        ])

    private static let logging = SettingGroup(
        title: "Logging",
        settings: [
            .choice(
                "log-level", \.logLevel, of: LogThreshold.names,
                "The least severe level that is logged to stderr; notice is the default of `ambit stdio`, warning of `ambit tools`.",
                for: everywhere)
        ])
}
