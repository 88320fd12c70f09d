import CLinux
import JSON

/// Tools of a server, by control connections.
struct ControlChannel: ToolChannel {
    /// Makes a connection.
    let connect: () throws -> ControlClient

    /// How long the end of a call that was taken back is waited for: its scope's hard deadline.
    private static let grace: Int64 = 5_000_000_000
    /// Plugins may still be loading.
    private static let listing: Int64 = 20_000_000_000

    func tools() throws -> JSONValue {
        let client = try connect()
        try client.send(ControlMessage.make("tools"))
        guard case .line(let line) = try client.next(by: ambit_linux_now() + Self.listing) else {
            throw ControlClient.Failure(description: "the server did not answer")
        }
        guard let result = line["result"] else {
            throw ControlClient.Failure(description: line["error"]?["message"]?.string ?? "the server refused the request")
        }
        return result
    }

    func whyNone() -> String? {
        guard let client = try? connect(), (try? client.send(ControlMessage.make("plugins"))) != nil,
            case .line(let line)? = try? client.next(by: ambit_linux_now() + Self.listing), let plugins = line["result"]?["plugins"]
        else { return nil }
        guard plugins.count > 0 else { return "no plugin is loaded; name one with --plugin PATH, or in ambit.yaml" }
        let each = plugins.elements.map { plugin in
            let reason = plugin["reason"]?.string.map { " (\($0))" } ?? ""
            return "\(plugin["name"]?.string ?? "a plugin") is \(plugin["state"]?.string ?? "there")\(reason)"
        }
        return each.joined(separator: "; ")
    }

    func call(_ call: ToolRequest, _ interrupts: Interrupts, event: (JSONValue) -> Void) throws -> ToolOutcome {
        let client = try connect()
        try client.send(ControlMessage.call(call.tool, arguments: call.arguments, endSession: !call.keepsSession))
        var deadline = call.deadline
        var early: ToolOutcome?
        while true {
            switch try client.next(by: deadline, interrupts: interrupts) {
            case .line(let line):
                if let notification = line["event"] {
                    event(notification)
                } else if let early {
                    return early
                } else if let result = line["result"] {
                    return .result(result)
                } else {
                    return .refused(line["error"]?["rpcCode"]?.int64, line["error"]?["message"]?.string)
                }
            case .end:
                if let early { return early }
                return .failed("the server closed the connection without an answer")
            case .timedOut:
                if let early { return early }
                early = .timedOut
                deadline = takeBack(client)
            case .interrupted:
                // The second time at once.
                if let early { return early }
                early = .interrupted
                deadline = takeBack(client)
            }
        }
    }

    /// The call's scope closes; the last line says that it is under way.
    private func takeBack(_ client: ControlClient) -> Int64 {
        client.takeBack()
        return ambit_linux_now() + Self.grace
    }
}
