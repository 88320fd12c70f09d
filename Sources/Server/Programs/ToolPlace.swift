/// Where the command line takes its tools from.
package enum ToolPlace {
    /// A running server.
    case server(ServerChoice)
    /// The only running server; where none runs, this process with these plugins.
    case serverOrLocal(ConfigurationSources)
    /// This process.
    case local(ConfigurationSources)

    enum Found {
        case channel(any ToolChannel)
        case local(LocalTools)
    }

    /// Ends the program with a line where there is no such place. Call before the first thread exists.
    func find() -> Found {
        switch self {
        case .server(let choice): return .channel(Self.channel(choice.require()))
        case .serverOrLocal(let sources):
            switch ServerChoice.only.find() {
            case .found(let target): return .channel(Self.channel(target))
            case .none: return Self.start(sources)
            case .failed(let why): Program.fail("\(why)or use --local for a process of its own")
            }
        case .local(let sources): return Self.start(sources)
        }
    }

    private static func channel(_ target: ServerChoice.Target) -> any ToolChannel {
        switch target {
        case .control(let path): ControlChannel { try ControlClient(path: path) }
        case .http(let server): HTTPChannel(server: server)
        }
    }

    private static func start(_ sources: ConfigurationSources) -> Found {
        let (configuration, level) = ConfigurationProgram.load(.tools, sources)
        do {
            return .local(try LocalTools(configuration, level: level))
        } catch {
            Program.fail("\(error)")
        }
    }
}
