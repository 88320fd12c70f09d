import JSON
import MCP
import Scopes
import Transport

/// The sink of a call that came over the control socket: what the engine says in MCP's words becomes lines of the socket.
final class ControlSink: ResponseSink {
    private let reply: any LineReply

    init(_ reply: any LineReply) { self.reply = reply }

    func notify(_ message: [UInt8]) -> SendStatus { reply.send(ControlLine.event(message)) }

    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) { reply.whenWritable(ready) }

    func openStream() {}

    func finish(_ message: [UInt8], status: Int, headers: [ResponseHeader]) {
        guard let answer = try? JSONDocument(message, limits: .own).root else {
            return reply.finish(ControlLine.error(ControlError(.failed, "the call was not answered")))
        }
        if let result = answer["result"] { return reply.finish(ControlLine.result(result.raw)) }
        let error = answer["error"]
        reply.finish(
            ControlLine.error(
                ControlError(.failed, error?["message"]?.string ?? "the call failed", rpcCode: error?["code"]?.int64)))
    }

    func accepted() { end() }

    func end() { reply.finish(ControlLine.error(ControlError(.cancelled, "the call was cancelled"))) }

    func onGone(_ handler: @escaping @Sendable () -> Void) { reply.onCancel(handler) }
}
