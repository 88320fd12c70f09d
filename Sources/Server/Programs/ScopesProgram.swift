import CLinux
import Glibc
import JSON
import Scopes

/// `ambit scopes`.
package struct ScopesProgram {
    private let choice: ServerChoice
    private let query: ScopeQuery
    /// Nanoseconds between two pictures; nil: one picture.
    private let watch: Int64?

    package init(choice: ServerChoice, query: ScopeQuery, watch: Int64?) {
        self.choice = choice
        self.query = query
        self.watch = watch
    }

    /// Prints, exits; 1 when there is no server.
    package func run() -> Never {
        _ = ambit_linux_ignore_sigpipe()
        let target = choice.require()
        do {
            switch (target, watch) {
            case (.control(let path), nil): show(try ControlClient.ask(path, ControlMessage.scopes(query)))
            case (.control(let path), .some(let interval)): try follow(path, interval)
            case (.http(let server), nil): Program.out(try page(server))
            case (.http(let server), .some(let interval)): try follow(server, interval)
            }
        } catch {
            Program.fail("\(error)")
        }
        Program.exit(0)
    }

    private func page(_ server: RemoteServer) throws(RemoteServer.Failure) -> [UInt8] {
        try RemoteConnection.get("/debug/scopes" + query.httpQuery, from: server) + (query.isText ? [] : [0x0A])
    }

    private func show(_ result: JSONValue) {
        Program.out(query.isText ? Array((result["text"]?.string ?? "").utf8) : result.compact + [0x0A])
    }

    // MARK: again and again

    /// The server sends the pictures, until it stops or somebody stops us.
    private func follow(_ path: String, _ interval: Int64) throws(ControlClient.Failure) {
        let interrupts = Interrupts()
        let client = try ControlClient(path: path)
        try client.send(ControlMessage.scopes(query, watch: max(100, interval / 1_000_000)))
        let screen = Screen()
        while true {
            // A server whose pictures stay away is gone or hangs.
            switch try client.next(by: ambit_linux_now() + interval + 10_000_000_000, interrupts: interrupts) {
            case .line(let line):
                if let picture = line["event"] {
                    guard screen.draw({ show(picture) }) else { return }
                } else {
                    Program.say("ambit: \(line["error"]?["message"]?.string ?? "the server ended the watch")")
                    return
                }
            case .end:
                Program.say("ambit: the server has stopped")
                return
            case .timedOut: throw ControlClient.Failure(description: "the server does not answer any more")
            case .interrupted: return
            }
        }
    }

    private func follow(_ server: RemoteServer, _ interval: Int64) throws(RemoteServer.Failure) {
        let interrupts = Interrupts()
        let screen = Screen()
        while true {
            let bytes = try page(server)
            guard screen.draw({ Program.out(bytes) }) else { return }
            guard ControlClient.wait(for: -1, by: ambit_linux_now() + interval, interrupts) == .timedOut else { return }
        }
    }
}
