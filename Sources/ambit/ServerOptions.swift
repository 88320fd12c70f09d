import ArgumentParser
import Server

/// Which running server is meant.
struct ServerOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Process id of the server, where several are running.", valueName: "pid"))
    var pid: Int32?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The server by HTTP, on this machine or another [AMBIT_URL]. What is in AMBIT_TOKEN is sent as bearer token.",
            valueName: "https://host:port"))
    var url: String?

    @Option(name: .long, help: ArgumentHelp("PEM file of the authorities that an https:// server is trusted by.", valueName: "file"))
    var ca: String?

    @Option(name: .long, help: ArgumentHelp("File with the bearer token, instead of AMBIT_TOKEN.", valueName: "file"))
    var tokenFile: String?

    /// Whether one was named, by an option or a variable.
    var isGiven: Bool { pid != nil || !Setting.text(url, "AMBIT_URL", "").isEmpty }

    func validate() throws { _ = try choice() }

    func choice() throws -> ServerChoice {
        if let pid {
            guard url == nil, ca == nil, tokenFile == nil else {
                throw ValidationError("give --pid, or --url with what goes with it, not both")
            }
            return .pid(pid)
        }
        let url = Setting.text(url, "AMBIT_URL", "")
        guard !url.isEmpty else {
            guard ca == nil, tokenFile == nil else { throw ValidationError("--ca and --token-file go with --url") }
            return .only
        }
        guard var server = RemoteServer(url: url) else {
            throw ValidationError("--url is '\(url)'; expected http://host:port or https://host:port")
        }
        server.authorities = ca
        server.tokenFile = tokenFile
        if tokenFile == nil { server.token = Setting.text(nil, "AMBIT_TOKEN", "").nonEmpty }
        return .url(server)
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
