import CLinux

/// Which running server a command means.
package enum ServerChoice: Sendable {
    /// The only one that runs; where none or several do, that is an error that says how to choose.
    case only
    case pid(Int32)
    /// By HTTP, on this machine or another.
    case url(RemoteServer)

    enum Target {
        /// Path of its control socket.
        case control(String)
        case http(RemoteServer)
    }

    enum Outcome {
        case found(Target)
        case none
        /// One line or a table for people.
        case failed(String)
    }

    func find() -> Outcome {
        switch self {
        case .url(let server):
            do throws(RemoteServer.Failure) {
                return .found(.http(try server.prepared()))
            } catch {
                return .failed(error.description)
            }
        case .pid(let pid):
            for folder in ControlFolder.all {
                for socket in folder.sockets() where socket.pid == pid && RunningServer(path: socket.path) != nil {
                    return .found(.control(socket.path))
                }
            }
            let others = RunningServer.all()
            let list = others.isEmpty ? "" : "; there are:\n\(RunningServer.table(others, now: ambit_linux_epoch_now() / 1_000_000_000))"
            return .failed("no server of yours has the process id \(pid)\(list)")
        case .only:
            let servers = RunningServer.all()
            guard servers.count > 1 else { return servers.first.map { .found(.control($0.path)) } ?? .none }
            let table = RunningServer.table(servers, now: ambit_linux_epoch_now() / 1_000_000_000)
            return .failed("\(servers.count) servers are running; choose one with --pid:\n\(table)")
        }
    }

    /// The server, or the end of the program with a line that says why there is none.
    func require() -> Target {
        switch find() {
        case .found(let target): return target
        case .none: Program.fail("no server is running; start one with `ambit serve`, or name one with --url http://host:port")
        case .failed(let why): Program.fail(why.hasSuffix("\n") ? String(why.dropLast()) : why)
        }
    }

    /// The control socket of the server: for what HTTP does not offer.
    func requireControl() -> String {
        switch require() {
        case .control(let path): return path
        case .http: Program.fail("this works through the control socket only: name the server with --pid, not with a URL")
        }
    }
}
