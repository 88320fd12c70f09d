import PluginHost
import Transport

/// Every setting. Flags, variables, the file, `ambit config` and the documentation are made from this list, and there is no other.
/// Defaults are those of the structs that the settings set.
package enum SettingTable {
    package static let groups = [listening, identity, authentication, plugins, sessions, connections, logging]

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
            .optional(
                "tls-certificate", \.tls.chain, "a PEM file",
                "Certificate of this server and those it is signed by; with it the server speaks HTTPS. Read again on SIGHUP.", for: http),
            .optional("tls-key", \.tls.key, "a PEM file", "Private key of the certificate.", for: http),
            .toggle(
                "insecure-bind", \.insecureBind, "Listen beyond this machine without TLS or without authentication.", for: http),
        ])

    private static let identity = SettingGroup(
        title: "Identity",
        settings: [
            .text("server-name", \.serverName, "The name that clients are told, in serverInfo.", for: servers),
            .text("server-title", \.serverTitle, "The name that they show to people.", for: servers),
            .optional(
                "instructions", \.instructions, "a text", "What clients tell their model about this server and its tools.", for: servers),
        ])

    private static let authentication = SettingGroup(
        title: "Authentication",
        settings: [
            .secret(
                "auth-token", \.access.token, "The bearer token that clients must send; whoever has it may do everything.", for: http),
            .optional(
                "auth-issuer", \.access.issuer, "a URL", "Issuer of the JSON Web Tokens that clients must send, as in their iss.",
                for: http),
            .optional(
                "auth-keys", \.access.keys, "a file or an https URL", "The JSON Web Key Set of the issuer, which tokens are checked with.",
                for: http),
            .optional(
                "auth-keys-ca", \.access.keysAuthorities, "a PEM file",
                "Authorities that the server of the keys is trusted by, instead of the system's.", for: http),
            .duration(
                "auth-keys-refresh", \.access.keysRefresh, milliseconds: 1000...86_400_000,
                "Keys that are older are read again when they are used next.", for: http),
            .duration(
                "auth-keys-stale", \.access.keysStale, milliseconds: 1000...604_800_000,
                "Keys that could not be read again for so long are not believed any more.", for: http),
            .duration(
                "auth-keys-interval", \.access.keysInterval, milliseconds: 100...3_600_000,
                "The least time between two attempts to read keys, whatever tokens name.", for: http),
            .optional(
                "auth-resource", \.access.resource, "a URL",
                "The URL that clients know this server by: the audience that tokens must have; by default made from host and port.",
                for: http),
            .list(
                "auth-servers", \.access.servers, flag: "auth-server",
                "Authorization servers that clients are sent to; by default the issuer.", for: http),
            .list(
                "auth-algorithms", \.access.algorithms, flag: "auth-algorithm",
                "Signature algorithms that are accepted; by default RS, PS and ES with 256, 384 and 512, and EdDSA.", for: http),
            .duration(
                "auth-leeway", \.access.leeway, milliseconds: 0...300_000, "How far the clocks of issuer and server may differ.", for: http),
            .list(
                "auth-scopes", \.access.scopes, flag: "auth-scope", "Scopes that a token needs, whatever it asks for.", for: http),
            .mapping(
                "auth-tools", \.access.tools, flag: "auth-tool",
                "Scopes that calls of a tool need, by its name or a pattern with *; everything that matches counts.", for: http),
            .mapping(
                "auth-implied", \.access.implied, flag: "auth-implies", "Scopes that another one includes.", for: http),
            .list(
                "auth-operator-scopes", \.access.operators, flag: "auth-operator-scope",
                "Scopes that /metrics and /debug/scopes need; without any, no token of the issuer opens them.", for: http),
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
                "resume-grace", \.limits.resumeGrace, milliseconds: 0...3_600_000,
                "The same where its client can come back and resume the stream.", for: http),
            .integer(
                "max-replay-events", \.limits.replay.events, 0...1_000_000,
                "Events that one legacy session keeps for a client that resumes a stream; with 0 none can be resumed.", for: http),
            .bytes(
                "max-replay", \.limits.replay.bytes, 4096...(1 << 30),
                "Bytes of the events that one legacy session keeps for a client that resumes a stream; one that is larger is not kept.",
                for: http),
            .duration(
                "replay-age", \.limits.replay.age, milliseconds: 100...86_400_000,
                "An event is kept for no longer, answers included.", for: http),
            .duration(
                "stream-retry", \.limits.replay.retry, milliseconds: 0...300_000,
                "When a client of 2025-11-25 that lost a stream is told to come back.", for: http),
            .duration(
                "plugin-wait", \.limits.readiness, milliseconds: 100...600_000,
                "How long requests wait for the plugins to be loaded at start.", for: servers),
            .integer("max-sessions", \.limits.sessions.all, 1...1_000_000, "Sessions of all clients, handles included.", for: http),
            .integer(
                "max-sessions-per-principal", \.limits.sessions.perPrincipal, 1...1_000_000,
                "Sessions of one authenticated user; clients without a name share max-sessions.", for: http),
            .integer(
                "max-handles-per-plugin", \.limits.sessions.handlesPerPlugin, 1...1_000_000,
                "Session handles that one plugin may give out.", for: servers),
            .duration(
                "ask-patience", \.limits.suspended.patience, milliseconds: 100...86_400_000,
                "How long a client may take to answer what a tool asks it; its call waits for so long. A task waits until task-ttl is over.",
                for: servers),
            .secret(
                "state-secret", \.stateSecret,
                "Shared by replicas: one goes on with a call whose client was asked something by another, where its tool is replayable.",
                for: http),
            .integer(
                "max-suspended-calls", \.limits.suspended.all, 1...1_000_000,
                "Calls that wait for answers of modern clients, with at most 64 MiB of arguments, answers and questions. One authenticated user has no more than half of both, nor than 128 calls.",
                for: servers),
            .duration(
                "task-after", \.limits.tasks.after, milliseconds: 0...86_400_000,
                "A call of a tool that may become a task does so when it takes longer, for clients that know tasks.", for: servers),
            .duration(
                "task-ttl", \.limits.tasks.timeToLive, milliseconds: 100...2_592_000_000,
                "How long a task can be asked for, from its creation on; its call ends by then.", for: servers),
            .integer(
                "max-tasks", \.limits.tasks.all, 1...1_000_000,
                "Tasks of all clients, finished ones included, with at most 64 MiB of results, arguments, answers and questions. One authenticated user has no more than half of both, nor than 128 tasks.",
                for: servers),
            .integer("max-calls", \.limits.calls, 1...1_000_000, "Calls that run at once, of all clients.", for: servers),
            .number("call-rate", \.limits.callRate, 0.01...1e9, "Calls of one tool in a second, of all clients.", for: servers),
            .number("call-burst", \.limits.callBurst, 1...1e9, "Calls of one tool that may come at once.", for: servers),
            .integer(
                "page-size", \.limits.pageSize, 1...100_000, "Entries on a page of a list of tools, resources or prompts.", for: servers),
        ])

    private static let connections = SettingGroup(
        title: "Connections",
        settings: [
            .integer(
                "max-connections", \.streamLimits.connections, 1...1_000_000,
                "Connections at once. Whoever comes then is answered with 503, 64 at a time; more are closed.",
                for: http),
            .integer("max-streams", \.limits.streams, 1...1_000_000, "Open session streams of all clients.", for: http),
            .integer("max-streams-per-session", \.limits.streamsPerSession, 1...10_000, "Open streams of one session.", for: http),
            .bytes(
                "max-read-ahead", \.streamLimits.readAhead, 4096...(1 << 30), "Bytes of one connection that are read ahead of their turn.",
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
                "A client that takes nothing for so long, or less than 1 KiB a second, while something waits for it, is dropped.",
                for: servers),
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
