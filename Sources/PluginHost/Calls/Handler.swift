internal import CAmbit
internal import MCP
internal import Scopes

typealias HandlerFunction = @convention(c) (UnsafeMutableRawPointer?, ambit_call) -> Void

/// What a call runs: one function of a plugin, whatever it serves, with the way it runs and its limits. Stays valid after its plugin was
/// unloaded: calls are refused then.
package final class Handler: Sendable {
    package enum Execution: Int32, Sendable {
        case async = 0
        /// On the caller's thread.
        case inline = 1
        /// On a blocking thread of the plugin.
        case blocking = 2
    }

    package let kind: CallKind
    /// Of the tool or prompt; the URI or template of a resource.
    package let name: String
    package let execution: Execution
    package let plugin: PluginInstance
    let limits: HandlerLimits
    /// May be run again from its start with the answers of a call that is gone (A12).
    package let isReplayable: Bool
    /// Whether a call goes on as a task of its client's.
    package let task: TaskSupport
    let group: SerialGroup?
    /// Of what can be withdrawn while its plugin stays.
    let uses: HandlerUses?
    /// Of a tool.
    let schemas: ToolSchemas?
    let function: ForeignCallback<HandlerFunction>

    init(
        _ kind: CallKind, _ name: String, execution: Execution, plugin: PluginInstance, limits: HandlerLimits, isReplayable: Bool,
        task: TaskSupport = .never, group: SerialGroup?, uses: HandlerUses?, schemas: ToolSchemas? = nil,
        function: ForeignCallback<HandlerFunction>
    ) {
        self.kind = kind
        self.name = name
        self.execution = execution
        self.plugin = plugin
        self.limits = limits
        self.isReplayable = isReplayable
        self.task = task
        self.group = group
        self.uses = uses
        self.schemas = schemas
        self.function = function
    }

    /// The one way for a call to travel: opens the call's scope in that of the session and plugin, or of the plugin where there is no
    /// session, runs the handler as `execution` says, and talks to `sink`.
    ///
    /// - Returns: nil when the call was refused; `sink.finish` has been called then.
    package func invoke(_ request: CallRequest, sink: any CallSink) -> CallHandle? {
        if plugin.state == .failed {
            sink.finish(
                .failure(
                    .unavailable(
                        "the plugin '\(plugin.name)' has failed and takes no calls; see the server's log", reason: "plugin_failed",
                        retryAfter: nil)))
            return nil
        }
        if let wrong = problem(in: request) {
            sink.finish(.result(.failure(wrong)))
            return nil
        }
        let call: Call
        do throws(Refusal) {
            call = try Call(self, request, sink)
        } catch {
            // What it would have been in closes: it comes to what it would have come to a moment later.
            if let reason = request.session?.scope.closeReason ?? plugin.scope.closeReason {
                sink.finish(.cancelled(reason))
            } else {
                sink.finish(.failure(.unavailable("the \(kind.noun) '\(name)' takes no calls now: \(error.text)")))
            }
            return nil
        }
        guard let group else {
            call.start(onCallersThread: true)
            return call
        }
        switch group.enter(call) {
        case .run where call.joinGroup(): call.start(onCallersThread: true)
        case .queued where call.joinGroup(): call.armDeadline()
        case .run, .queued: group.leave(call)
        case .full:
            call.refuse(
                "\(SerialGroup.limit) calls wait for the serial group '\(group.name)' of the plugin '\(plugin.name)' already; try again later"
            )
            return nil
        }
        return call
    }

    /// Why the arguments don't fit the tool's schema, for the model to mend (DIGEST 8.10); nil when they do.
    private func problem(in request: CallRequest) -> String? {
        guard let input = schemas?.input else { return nil }
        let failures = input.failures(of: request.argumentsObject, atMost: Self.maximalFailures)
        guard !failures.isEmpty else { return nil }
        // They quote what the client sent.
        let texts = failures.map { ProtocolError.brief($0.description, atMost: 1000) }
        return "the arguments of '\(name)' are wrong: " + texts.joined(separator: "; ")
    }

    private static let maximalFailures = 5
}
