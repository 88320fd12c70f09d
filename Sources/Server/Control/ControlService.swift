import JSON
import MCP
import PluginHost
import Scopes
package import Transport

/// Serves the control socket of one server: a request line, then events, then a result or an error (docs/control.md).
///
/// Knows no socket: `ambit call --local` asks it in its own process.
package final class ControlService: LineService {
    private let server: WeakServer

    init(_ server: Ambit) { self.server = WeakServer(server) }

    package func refusal(_ why: LineRefusal) -> [UInt8] {
        switch why {
        case .tooLong(let limit): ControlLine.error(ControlError(.tooLong, "the request is longer than \(limit) bytes"))
        case .busy: ControlLine.error(ControlError(.busy, "too many control clients are being served; try again"))
        }
    }

    package func serve(_ line: [UInt8], reply: any LineReply) {
        let request: ControlRequest
        switch ControlRequest.parse(line) {
        case .success(let parsed): request = parsed
        case .failure(let error): return reply.finish(ControlLine.error(error))
        }
        guard let server = server.value else {
            return reply.finish(ControlLine.error(ControlError(.notReady, "the server has stopped")))
        }
        switch request {
        case .server: reply.finish(ControlLine.result { server.describe(to: &$0) })
        case .health: reply.finish(ControlLine.result(server.health(withReasons: true).body))
        case .scopes(let query, watch: nil): reply.finish(ControlLine.result(Self.scopes(server, query)))
        case .scopes(let query, watch: .some(let interval)):
            ScopeWatch(server, query, interval: interval * 1_000_000, reply: reply).start()
        case .tools:
            whenReady(server, reply) {
                reply.finish(ControlLine.result { ToolListing.write(server.host.catalog.tools(), to: &$0) })
            }
        case .call(let name, let arguments, let level, let endSession):
            whenReady(server, reply) { Self.call(server, name, arguments, level, endSession: endSession, reply) }
        case .plugins: reply.finish(ControlLine.result { PluginTable.write(server, to: &$0) })
        case .change(let change, let plugin): Self.change(server, change, plugin, reply)
        case .logLevel(let wanted): logLevel(server, wanted, reply)
        case .reloadCertificates: Self.reload(server, reply)
        case .metrics:
            reply.finish(
                ControlLine.result { writer in
                    writer.key("text")
                    writer.string(MetricsPage.text(server))
                })
        }
    }

    /// Text is one member: a line is one JSON value.
    static func scopes(_ server: Ambit, _ query: ScopeQuery) -> [UInt8] {
        let page = server.scopes(query)
        guard query.isText else { return page.body }
        var writer = JSONWriter(reserving: page.body.count + 64)
        writer.beginObject()
        writer.key("text")
        writer.string(String(decoding: page.body, as: UTF8.self))
        writer.endObject()
        return writer.bytes
    }

    private func whenReady(_ server: Ambit, _ reply: any LineReply, _ body: @escaping @Sendable () -> Void) {
        if server.engine.readiness.settled == .ready { return body() }
        server.engine.readiness.wait(atMost: server.engine.limits.readiness) { outcome in
            switch outcome {
            case .ready: body()
            case .late: reply.finish(ControlLine.error(ControlError(.notReady, "the plugins are still being loaded; try again")))
            case .stopping: reply.finish(ControlLine.error(ControlError(.notReady, "the server is stopping")))
            }
        }
    }

    /// The way of every call: the engine gets it as a request of MCP, as if a modern client had sent it.
    private static func call(
        _ server: Ambit, _ name: String, _ arguments: JSONValue?, _ level: LogLevel?, endSession: Bool, _ reply: any LineReply
    ) {
        let tools = server.host.catalog
        guard tools.tool(named: name) != nil else {
            let near = NearestName.of(name, among: tools.tools().map(\.definition.name))
            let advice = near.map { "; did you mean '\($0)'?" } ?? "; `ambit tools` lists them"
            return reply.finish(ControlLine.error(ControlError(.unknownTool, "there is no tool '\(name.prefix(80))'\(advice)")))
        }
        guard let version = ProtocolVersion.modern.first, let inbound = try? Inbound.parse(message(name, arguments, endSession)).get()
        else {
            return reply.finish(ControlLine.error(ControlError(.invalidRequest, "the arguments are nested too deep")))
        }
        let context = RequestContext(
            version: version, client: ClientDescription(info: nil, capabilities: nil), logLevel: level,
            progressToken: inbound.meta?["progressToken"].flatMap { ProgressToken($0) })
        let origin = Origin(
            way: .control, peer: Peer(channel: 0, isLoopback: true, address: "control"), session: nil)
        server.engine.serve(inbound, context, origin, ControlSink(reply))
    }

    private static func message(_ name: String, _ arguments: JSONValue?, _ endSession: Bool) -> [UInt8] {
        var writer = JSONWriter(reserving: 512 + (arguments?.raw.count ?? 0))
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0" as StaticString)
        writer.key("id")
        writer.int(1)
        writer.key("method")
        writer.string("tools/call" as StaticString)
        writer.key("params")
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        if let arguments {
            writer.key("arguments")
            writer.raw(arguments)
        }
        writer.key("_meta")
        writer.beginObject()
        writer.key("progressToken")
        writer.int(1)
        if endSession {
            writer.key(OwnMeta.endSession)
            writer.bool(true)
        }
        writer.endObject()
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Goes on when the client leaves: a change that has begun is not half done.
    private static func change(_ server: Ambit, _ change: ControlRequest.Change, _ name: String, _ reply: any LineReply) {
        let done: @Sendable (Result<PluginChange, PluginError>) -> Void = { outcome in
            switch outcome {
            case .failure(let error): reply.finish(ControlLine.error(ControlError(.failed, "\(error)")))
            case .success(let change):
                reply.finish(
                    ControlLine.result { writer in
                        writer.key("name")
                        writer.string(change.status.name ?? change.status.path)
                        writer.key("state")
                        writer.string(change.status.state.rawValue)
                        writer.key("generation")
                        writer.int(change.status.generation)
                        writer.key("text")
                        writer.string(change.text)
                        if let report = change.report {
                            writer.key("closed")
                            writer.string("\(report)")
                        }
                    })
            }
        }
        switch change {
        case .enable: server.host.enable(name, done: done)
        case .disable: server.host.disable(name, reason: "disabled through the control socket", done: done)
        case .restart: server.host.restart(name, reason: "restarted through the control socket", done: done)
        }
    }

    private static func reload(_ server: Ambit, _ reply: any LineReply) {
        guard server.reloads else {
            return reply.finish(ControlLine.error(ControlError(.failed, "this server has no certificates and no keys of tokens")))
        }
        server.runtime.executor.post {
            server.reload(by: "control") { problems in
                guard problems.isEmpty else {
                    return reply.finish(ControlLine.error(ControlError(.failed, problems.joined(separator: "; "))))
                }
                reply.finish(
                    ControlLine.result { writer in
                        writer.key("reloaded")
                        writer.bool(true)
                    })
            }
        }
    }

    private func logLevel(_ server: Ambit, _ wanted: String?, _ reply: any LineReply) {
        guard let threshold = server.threshold else {
            return reply.finish(ControlLine.error(ControlError(.failed, "this server does not keep its log")))
        }
        if let wanted {
            guard threshold.set(wanted) else {
                let text = "the log level is '\(wanted.prefix(80))'; expected one of \(LogThreshold.names.joined(separator: ", "))"
                return reply.finish(ControlLine.error(ControlError(.invalidRequest, text)))
            }
            server.log.write(.notice, plugin: nil, "the log level was changed", [("level", threshold.name), ("by", "control")])
        }
        reply.finish(
            ControlLine.result { writer in
                writer.key("level")
                writer.string(threshold.name)
            })
    }
}
