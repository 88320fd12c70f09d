import ArgumentParser
import Server

/// Which running server is meant.
struct ServerOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Process id of the server, where several are running.", valueName: "pid"))
    var pid: Int32?

    @Option(name: .long, help: ArgumentHelp("The server by HTTP, on this machine or another [AMBIT_URL].", valueName: "http://host:port"))
    var url: String?

    /// Whether one was named, by an option or a variable.
    var isGiven: Bool { pid != nil || !Setting.text(url, "AMBIT_URL", "").isEmpty }

    func choice() throws -> ServerChoice {
        if let pid {
            guard url == nil else { throw ValidationError("give --pid or --url, not both") }
            return .pid(pid)
        }
        let url = Setting.text(url, "AMBIT_URL", "")
        guard !url.isEmpty else { return .only }
        guard let target = DebugClient.Target(url: url) else {
            throw ValidationError("--url is '\(url)'; expected http://host:port")
        }
        return .url(target)
    }
}
